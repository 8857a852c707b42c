import { Writable } from 'node:stream';

/** A stream that a {@link Terminal} can write to, and what was written. */
export interface Written {
  readonly stream: NodeJS.WriteStream;
  readonly text: () => string;
}

/** Where nobody watches; with `columns`, a terminal of that width. */
export function written(columns?: number): Written {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8');
      done();
    },
  });
  const terminal = {
    isTTY: columns !== undefined,
    hasColors: () => false,
    ...(columns === undefined ? {} : { columns }),
  };
  return {
    stream: Object.assign(stream, terminal) as unknown as NodeJS.WriteStream,
    text: () => text,
  };
}
