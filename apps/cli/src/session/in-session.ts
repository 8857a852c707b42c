import { onStopSignal } from '@sluice/stack';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { openSession, type Session } from './open-session.ts';
import { unlessAborted, within } from './pause.ts';

/** The user asked to stop. */
class StopAskedError extends Error {
  override readonly name = 'StopAskedError';
}

/** What a command does with the running system; gives the exit code. */
export type SessionWork = (session: Session, signal: AbortSignal) => Promise<number>;

/** A step that is under way when Ctrl-C comes gets so long to end in order. */
const openingGraceMs = 8_000;
/** The work itself: it looks at the signal between its steps. */
const workGraceMs = 3_000;
/** When something fails, the servers may be the reason, and that is known a moment later. */
const reasonMs = 2_500;

/**
 * Brings the system up, does the work, and takes down what was brought up: also when the work
 * fails, when the user asks to stop (then it gives 130), and when a server is lost.
 */
export async function inSession(
  config: CliConfig,
  terminal: Terminal,
  work: SessionWork,
): Promise<number> {
  const stop = new AbortController();
  const forgetSignals = onStopSignal(() => {
    terminal.line('\nStopping; press Ctrl-C again to stop at once.');
    stop.abort(new StopAskedError());
  });
  try {
    const session = await withGrace(
      openSession(config, terminal, stop.signal),
      stop.signal,
      openingGraceMs,
    );
    // What is half-way up ends with this process.
    if (session === 'late') process.exit(exitCodes.interrupted);
    return await workIn(session, terminal, stop, work);
  } catch (error) {
    if (!(error instanceof StopAskedError)) throw error;
    terminal.line('Stopped. What is under way goes on at the next start.');
    return exitCodes.interrupted;
  } finally {
    forgetSignals();
  }
}

async function workIn(
  session: Session,
  terminal: Terminal,
  stop: AbortController,
  work: SessionWork,
): Promise<number> {
  void session.lost.then((error) => stop.abort(error));
  try {
    // Calls to Temporal end with the signal: a closed connection would trip over those left behind.
    const working = session.temporal.withAbortSignal(stop.signal, () => work(session, stop.signal));
    const code = await withGrace(working, stop.signal, workGraceMs);
    if (code === 'late') throw stop.signal.reason;
    return code;
  } catch (error) {
    if (stop.signal.aborted) throw stop.signal.reason;
    const lost = await within(session.lost, reasonMs);
    throw lost === 'late' ? error : lost;
  } finally {
    await close(session, terminal, stop.signal);
  }
}

async function close(session: Session, terminal: Terminal, signal: AbortSignal): Promise<void> {
  try {
    await terminal.step({ doing: 'stopping what was started' }, () => session.close());
  } catch (error) {
    // What is lost cannot be closed in order, and the reason of it all is told already.
    if (!signal.aborted) throw error;
  }
}

/** What `work` gives; once the signal is aborted, `late` when it has not ended `graceMs` later. */
async function withGrace<T>(
  work: Promise<T>,
  signal: AbortSignal,
  graceMs: number,
): Promise<T | 'late'> {
  try {
    return await unlessAborted(work, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return within(work, graceMs);
  }
}
