import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

interface Part {
  readonly local: Buffer;
  readonly central: Buffer;
}

function part(name: string, content: Buffer, offset: number): Part {
  const fields = Buffer.alloc(26); // From "version needed" to "extra length": stored, no flags.
  fields.writeUInt16LE(20, 0);
  fields.writeUInt32LE(crc32(content), 10);
  fields.writeUInt32LE(content.length, 14);
  fields.writeUInt32LE(content.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  return {
    local: Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), content]),
    central: Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), fields, tail, Buffer.from(name)]),
  };
}

/** A zip file, nothing compressed. */
function zip(files: Readonly<Record<string, string>>): Buffer {
  let offset = 0;
  const parts = Object.entries(files).map(([name, text]) => {
    const made = part(name, Buffer.from(text), offset);
    offset += made.local.length;
    return made;
  });
  const central = Buffer.concat(parts.map((made) => made.central));
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts.map((made) => made.local), central, end]);
}

/** A wheel, and the folder of a `python3` whose pip downloads exactly that wheel. */
export function makeIndex(
  dir: string,
  files: Readonly<Record<string, string>>,
): { readonly sha256: string; readonly path: string; readonly downloads: string } {
  const wheel = zip(files);
  const [wheelFile, bin] = [join(dir, 'demo-1.0-py3-none-any.whl'), join(dir, 'bin')];
  const downloads = join(dir, 'downloads.log');
  writeFileSync(wheelFile, wheel);
  mkdirSync(bin);
  const script = `#!/bin/sh
echo "$@" >> '${downloads}'
while [ "$1" != --dest ]; do shift; done
cp '${wheelFile}' "$2"
`;
  writeFileSync(join(bin, 'python3'), script);
  chmodSync(join(bin, 'python3'), 0o755);
  const sha256 = createHash('sha256').update(wheel).digest('hex');
  return { sha256, path: `${bin}:/usr/bin:/bin`, downloads };
}
