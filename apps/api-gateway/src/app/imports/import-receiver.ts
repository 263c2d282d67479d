import { Inject, Injectable } from '@nestjs/common';
import { AppError, type ErrorRecord } from '@saasodoo/kernel';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { GatewayConfig } from '../app.config';

/** Who sends nothing for so long has gone. */
const SILENT_FOR_MS = 60_000;

/** The app that takes content in: the gateway has no storage, and holds no more of it than what is on its way. */
@Injectable()
export class ImportReceiver {
  constructor(@Inject(GatewayConfig) private readonly config: GatewayConfig) {}

  /** Throws what the receiver refuses, or `import.receiver_unavailable` (503). */
  async send(id: string, content: IncomingMessage): Promise<void> {
    if (content.destroyed) throw brokenOff();
    const outgoing = this.open(id, content.headers['content-length']);
    content.setTimeout(SILENT_FOR_MS, () => content.complete || content.destroy());
    content.once('close', () => content.complete || outgoing.destroy(brokenOff()));
    // No pipeline: whoever sends must be able to read why it is refused, which a destroyed request prevents.
    content.pipe(outgoing);
    const answer = await responseTo(outgoing);
    content.unpipe(outgoing);
    if (answer.statusCode === 200) {
      answer.resume();
      return;
    }
    throw await refusalIn(answer);
  }

  private open(id: string, length: string | undefined): ClientRequest {
    const { LIFECYCLE_URL: url, BACKUP_KEY: key } = this.config;
    if (url === undefined || key === undefined) throw unavailable('it is not configured');
    return request(new URL(`/internal/imports/${id}/content`, url), {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/zip',
        ...(length === undefined ? {} : { 'content-length': length }),
      },
    });
  }
}

/** Throws `import.truncated` when nobody sends any more, `import.receiver_unavailable`. */
async function responseTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  try {
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    // A receiver that has heard enough answers before the end, and what is still written to it breaks.
    outgoing.on('error', () => undefined);
    return answer;
  } catch (error) {
    throw error instanceof AppError ? error : unavailable('it cannot be reached', error);
  }
}

/** Refusals are for the customer; whatever else it says is between the two apps. */
async function refusalIn(answer: IncomingMessage): Promise<AppError> {
  const { statusCode: httpStatus = 500 } = answer;
  const record: unknown = await json(answer).catch(() => undefined);
  if (![404, 409, 422].includes(httpStatus) || !isErrorRecord(record)) {
    return unavailable(`it answered ${httpStatus}`);
  }
  const { code, message, hint, facts } = record;
  return AppError.terminal(code, message, {
    ...{ httpStatus },
    ...(hint === undefined ? {} : { hint }),
    ...(facts === undefined ? {} : { facts }),
  });
}

function isErrorRecord(value: unknown): value is ErrorRecord {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}

function unavailable(reason: string, cause?: unknown): AppError {
  return AppError.retryable(
    'import.receiver_unavailable',
    `the app that takes imports in is away: ${reason}`,
    {
      ...(cause === undefined ? {} : { cause }),
      httpStatus: 503,
      hint: 'Nothing of it was kept. Send it again in a moment.',
    },
  );
}

function brokenOff(): AppError {
  return AppError.terminal('import.truncated', 'it broke off', {
    httpStatus: 422,
    hint: 'Nothing of it was kept. Send it again, whole.',
  });
}
