import { isRefusal } from '@sluice/money';
import { logDir, readConfig } from './config.ts';
import { exitCodes } from './exit-codes.ts';
import { runProgram } from './program.ts';

/** Whoever reads our output may stop reading (`sluice pool show | head`): that is no failure. */
function allowClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

async function main(): Promise<number> {
  const config = readConfig();
  if (isRefusal(config)) {
    process.stderr.write(`${config.code}: ${config.message}\n`);
    return exitCodes.usage;
  }
  try {
    return await runProgram(config, process.argv.slice(2));
  } catch (error) {
    const { describeError } = await import('./describe-error.ts');
    const { text, exitCode } = describeError(error, logDir(config));
    process.stderr.write(`${text}\n`);
    return exitCode;
  }
}

/** Calls that nobody waits for any more do not hold the program up. */
const lingerMs = 1_000;

allowClosedPipes();
process.exitCode = await main();
setTimeout(() => process.exit(), lingerMs).unref();
