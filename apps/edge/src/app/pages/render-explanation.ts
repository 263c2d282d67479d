import type { Explanation } from './explanation';

export interface RenderedExplanation {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RenderOptions {
  /** The request's Accept header. */
  readonly accept: string | undefined;
  readonly method: string | undefined;
}

const STYLE =
  'body{font:1.1rem/1.6 system-ui,sans-serif;margin:0;display:grid;min-height:100vh;place-items:center;' +
  'background:#f6f6f8;color:#1d1d24}main{max-width:34rem;padding:2rem}h1{font-size:1.6rem;line-height:1.25}' +
  'code{font-size:.9rem;color:#5b5b66}@media(prefers-color-scheme:dark){body{background:#17171c;color:#ececf1}' +
  'code{color:#a9a9b6}}';

/** A page for a browser, `application/problem+json` (RFC 9457) for everything else. */
export function renderExplanation(
  explanation: Explanation,
  { accept, method }: RenderOptions,
): RenderedExplanation {
  const html = wantsHtml(accept);
  // Asking again by itself repeats the address, not the form that was sent to it.
  const body = html ? page(explanation, method === 'GET') : problem(explanation);
  const { status, retryAfterSeconds } = explanation;
  return {
    status,
    body,
    headers: {
      'content-type': html ? 'text/html; charset=utf-8' : 'application/problem+json',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(html ? { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" } : {}),
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
  };
}

function wantsHtml(accept: string | undefined): boolean {
  return accept !== undefined && /\btext\/html\b/i.test(accept);
}

function problem({ status, code, title, detail }: Explanation): string {
  return `${JSON.stringify({ type: 'about:blank', title, status, detail, code })}\n`;
}

function page(explanation: Explanation, mayRefresh: boolean): string {
  const { code, title, detail, refreshes, retryAfterSeconds = 2 } = explanation;
  const refresh =
    refreshes === true && mayRefresh ? `<meta http-equiv="refresh" content="${retryAfterSeconds}">` : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">${refresh}
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body><main role="status">
<h1>${escape(title)}</h1>
<p>${escape(detail)}</p>
<p><code>${escape(code)}</code></p>
</main></body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
