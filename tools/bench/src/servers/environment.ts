type Environment = Readonly<Record<string, string | undefined>>;

const names =
  /^(DATABASE_URL|TEMPORAL_.*|SANDBOX_BANK_URL|SLUICE_(STATE_DIR|CONFIG_DIR|TASK_QUEUE))$/;

/** The environment without the names of other servers and folders: a bench has its own. */
export function withoutServers(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.test(name)));
}
