import type { Program } from '@sluice/orchestrator/activities';
import type { CliConfig } from '../config.ts';
import type { Session } from '../session/open-session.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Names } from './names.ts';

/** One run of the main job: what it works with, and when it has to stop. */
export interface Job {
  readonly session: Session;
  readonly config: CliConfig;
  readonly program: Program;
  readonly terminal: Terminal;
  readonly names: Names;
  /** Aborted when the user asks to stop, or a server is lost. */
  readonly signal: AbortSignal;
}
