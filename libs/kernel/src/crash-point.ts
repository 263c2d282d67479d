/**
 * A named place where a test may kill the process, to prove that another one resumes there.
 * Does nothing unless SAASODOO_CRASH_AT names it (`name`, or `name@n` for the n-th passage).
 */
export function crashPoint(name: string): void {
  const wanted = process.env['SAASODOO_CRASH_AT'];
  if (wanted === undefined) return;
  const separator = wanted.lastIndexOf('@');
  const wantedName = separator < 0 ? wanted : wanted.slice(0, separator);
  if (wantedName !== name) return;
  const passage = (passages.get(name) ?? 0) + 1;
  passages.set(name, passage);
  if (passage === (separator < 0 ? 1 : Number(wanted.slice(separator + 1))))
    process.kill(process.pid, 'SIGKILL');
}

const passages = new Map<string, number>();
