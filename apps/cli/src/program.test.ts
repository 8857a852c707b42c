import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from './testing/run-cli.ts';
import { tempDir, tempFile } from './testing/temp-dir.ts';

/** Nothing is started in these tests: each ends before it would be. */
describe.concurrent('the program', () => {
  test.each([
    [['--help'], /^Usage: sluice \[options\].*Commands:\n.*start.*redeem.*statement.*check.*pool/s],
    [['help', 'start'], /^Usage: sluice start.*--weeks.*--exit.*--fresh.*--json.*--verbose/s],
    [['start', '--help'], /^Usage: sluice start/],
    [['redeem', '--help'], /^Usage: sluice redeem.*<file>.*--pool.*--json/s],
    [['statement', '--help'], /^Usage: sluice statement.*<seller>.*--lines/s],
    [['check', '--help'], /^Usage: sluice check.*--json/s],
    [['pool', '--help'], /^Usage: sluice pool.*list.*show/s],
    [['pool', 'list', '--help'], /^Usage: sluice pool list/],
    [['booking', '--help'], /^Usage: sluice booking.*check.*explain.*diff/s],
    [['booking', 'explain', '--help'], /^Usage: sluice booking explain.*--event.*--amount/s],
    [['booking', 'diff', '--help'], /^Usage: sluice booking diff.*<draft>.*--json/s],
    [
      ['rules', '--help'],
      /^Usage: sluice rules.*check.*explain.*simulate.*diff.*rollout.*history/s,
    ],
    [['rules', 'check', '--help'], /^Usage: sluice rules check.*<files...>.*--format.*--stored/s],
    [['rules', 'explain', '--help'], /^Usage: sluice rules explain.*<file> <id>.*--rules/s],
    [['rules', 'simulate', '--help'], /^Usage: sluice rules simulate.*<file>.*--rules.*--json/s],
    [['rules', 'diff', '--help'], /^Usage: sluice rules diff.*<file> <draft>.*--rules.*--json/s],
    [['rules', 'history', '--help'], /^Usage: sluice rules history.*<set>.*--json/s],
    [
      ['rules', 'rollout', '--help'],
      /^Usage: sluice rules rollout.*start.*show.*pause.*resume.*roll-back/s,
    ],
    [
      ['rules', 'rollout', 'start', '--help'],
      /--salt <salt>.*--stages.*shadow,5,25,100.*--runs.*--failures.*--moved.*--every.*--json/s,
    ],
    [['rules', 'rollout', 'show', '--help'], /^Usage: sluice rules rollout show.*\[set\].*--json/s],
    [['rules', 'rollout', 'pause', '--help'], /^Usage: sluice rules rollout pause.*--reason/s],
    [['rules', 'rollout', 'resume', '--help'], /^Usage: sluice rules rollout resume.*<set>/s],
    [
      ['rules', 'rollout', 'roll-back', '--help'],
      /^Usage: sluice rules rollout roll-back.*--reason/s,
    ],
    [['ledger', '--help'], /^Usage: sluice ledger.*seal.*export.*verify/s],
    [['ledger', 'verify', '--help'], /^Usage: sluice ledger verify.*<file>.*--head/s],
    [['pool', 'show', '-h'], /^Usage: sluice pool show.*\[pool\]/s],
  ])('helps at %j, with the exit codes at the end', async (args, says) => {
    const { code, output, errors } = await runCli(args);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(says);
    expect(output).toMatch(/\nExit codes: 0 fine; 1 an invariant or a tie is broken.*; 2 wrong/s);
    expect(output).not.toContain('default: false');
  });

  test.each([
    [[], /^Usage: sluice/],
    [['pool'], /^Usage: sluice pool/],
    [['stat'], /^error: unknown command 'stat'\n\(Did you mean start\?\)/],
    [['start', '--wek', '3'], /^error: unknown option '--wek'\n\(Did you mean --weeks\?\)/],
    [['start', 'now'], /^error: too many arguments for 'start'/],
    [['statement'], /^error: missing required argument 'seller'/],
    [['redeem'], /^error: missing required argument 'file'/],
    [['statement', '1', '--lines', '0'], /'0' is invalid.*Give a whole number from 1 to 999999/],
    [['start', '--weeks', '60'], /^WEEKS_INVALID: "60" .*weeks from 1 to 53/],
    [['start', '--weeks', '30-27'], /^WEEKS_INVALID: "30-27"/],
    [['redeem', 'no-such-file.csv'], /^FILE_UNREADABLE: .*no-such-file\.csv.*no such file/],
    [['booking', 'check'], /^error: missing required argument 'file'/],
    [['booking', 'diff', 'no.json'], /^FILE_UNREADABLE: .*no\.json.*no such file/],
    [['rules', 'history'], /^error: missing required argument 'set'/],
    [['rules', 'rollout', 'start', 'x'], /^error: required option '--salt <salt>' not specified/],
    [['rules', 'rollout', 'roll-back', 'x'], /^error: required option '--reason <text>' not/],
    [['ledger', 'verify', 'no.jsonl'], /^FILE_UNREADABLE: .*no\.jsonl.*no such file/],
    [['ledger', 'verify', '.', '--head', 'x'], /'x' is invalid.*Give the 64 hex digits/],
    [['redeem', '.'], /^FILE_UNREADABLE: .*it is a folder/],
  ])('answers %j with what is wrong, and exit code 2', async (args, says) => {
    const { code, output, errors } = await runCli(args);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toMatch(says);
  });

  test.each([
    [{ LOG_LEVEL: 'loud' }, /^CONFIG_INVALID: .*LOG_LEVEL: read "loud", expected trace/],
    [{ SLUICE_CONFIG_DIR: 'nowhere' }, /^CONFIG_DIR_UNUSABLE: .*nowhere.*SLUICE_CONFIG_DIR/],
    [{ SLUICE_STATE_DIR: '/dev/null/x' }, /^STATE_DIR_UNUSABLE: .*SLUICE_STATE_DIR/m],
    [{ DATABASE_URL: 'postgres://me:hush@127.0.0.1:1/x' }, /^DATABASE_UNREACHABLE: /m],
  ])('answers the environment %j with what is wrong, and exit code 2', async (env, says) => {
    const { code, output, errors } = await runCli(['start', '--exit'], {
      SLUICE_STATE_DIR: tempDir(),
      ...env,
    });
    expect(code).toBe(2);
    expect(errors).toMatch(says);
    expect(output + errors).not.toContain('hush');
  });

  test.each([
    ['DATABASE_URL', 'postgres://me@db/sluice', 'DATABASE_NOT_OURS'],
    ['TEMPORAL_ADDRESS', 'temporal:7233', 'TEMPORAL_NOT_OURS'],
  ])('never forgets what %s names', async (name, value, code) => {
    const env = { SLUICE_STATE_DIR: tempDir(), [name]: value };
    const end = await runCli(['start', '--fresh', '--exit'], env);
    expect(end.code).toBe(2);
    expect(end.errors).toMatch(new RegExp(`^${code}: ${name} names a server of yours`));
  });

  test('refuses a file that is no redemption CSV before it starts anything', async () => {
    const file = tempFile('own.csv', 'id;amount\n1;2\n');
    const { code, output, errors } = await runCli(['redeem', file]);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toBe(
      'CSV_HEADER_INVALID: line 1: its fields are separated by ";", not commas\n',
    );
  });

  test('refuses tariffs that are no JSON, naming the file', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'program.json'), '{');
    const end = await runCli(['start'], { SLUICE_CONFIG_DIR: folder });
    expect(end).toMatchObject({ code: 2, output: '' });
    expect(end.errors).toMatch(/^CONFIG_DIR_UNUSABLE: .*program\.json cannot be read as JSON/);
  });
});
