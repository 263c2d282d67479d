import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Explanation } from '../pages/explanation';
import { renderExplanation } from '../pages/render-explanation';
import { hasBody } from './prepare-request';

/** Answers a request with a page or a problem. When the answer has begun, all that is left is to break it off. */
export function sendExplanation(
  request: IncomingMessage,
  response: ServerResponse,
  explanation: Explanation,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, headers, body } = rendered(request, explanation);
  // A body that nobody wants is not read to its end.
  const connection = hasBody(request) ? { connection: 'close' } : {};
  response.writeHead(status, { ...headers, ...connection }).end(body);
}

/** The same for a websocket, whose socket is bare. */
export function sendExplanationOnSocket(
  request: IncomingMessage,
  socket: Duplex,
  explanation: Explanation,
): void {
  const { status, headers, body } = rendered(request, explanation);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.end(`HTTP/1.1 ${status} \r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

function rendered({ headers, method }: IncomingMessage, explanation: Explanation) {
  return renderExplanation(explanation, { accept: headers.accept, method });
}
