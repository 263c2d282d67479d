/** Seconds; a connection silent for twice as long counts as dead. amqplib reads it from the URL alone. */
const HEARTBEAT_SECONDS = 10;

/** Completes `amqp://user@host:port/vhost` with the password and the heartbeat. */
export function amqpUrl(url: string, password?: string): string {
  const parsed = new URL(url);
  if (parsed.password === '' && password !== undefined) parsed.password = encodeURIComponent(password);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  return parsed.href;
}
