const infoLevel = 30;
/** What pino adds to every line, and the terminal has no need of. */
const common = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg']);

/**
 * A line of the worker's log the way people read it: what happened, then the keys. Null for what is
 * less than a business step.
 */
export function describeWorkerLine(line: string): string | null {
  const entry = parse(line);
  if (entry === null) return line;
  if (typeof entry['level'] === 'number' && entry['level'] < infoLevel) return null;
  const head = `worker: ${show(entry['msg'])}`;
  const { workflow, answer } = entry;
  if (typeof workflow === 'string' && isObject(answer)) {
    return `${head} ${workflow}: ${describeAnswer(answer)}`;
  }
  const keys = Object.entries(entry).filter(([name]) => !common.has(name));
  return [head, ...keys.map(([name, value]) => `${name}=${show(value)}`)].join(' ');
}

/** `reserved, sequence 39`: what it was answered first, then the particulars. */
function describeAnswer({ kind, ...fields }: Readonly<Record<string, unknown>>): string {
  const particulars = Object.entries(fields).map(([name, value]) => `${name} ${show(value)}`);
  return [...(kind === undefined ? [] : [show(kind)]), ...particulars].join(', ');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function parse(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null; // Not every line of a program is its logger's.
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isObject(value) && typeof value['message'] === 'string') return value['message'];
  return JSON.stringify(value);
}
