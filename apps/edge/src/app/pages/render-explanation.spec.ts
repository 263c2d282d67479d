import type { Explanation } from './explanation';
import { renderExplanation } from './render-explanation';

const starting: Explanation = {
  status: 503,
  code: 'instance.starting',
  title: '<b>"Starting" & more</b>',
  detail: "It's on its way.",
  retryAfterSeconds: 2,
  refreshes: true,
};

describe('renderExplanation', () => {
  it('is a page for a browser, with everything escaped and no other source', () => {
    const { status, headers, body } = renderExplanation(starting, {
      accept: 'text/html,*/*;q=0.8',
      method: 'GET',
    });
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'retry-after': '2' });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).toContain('<h1>&lt;b&gt;&quot;Starting&quot; &amp; more&lt;/b&gt;</h1>');
    expect(body).toContain('It&#39;s on its way.');
    expect(body).not.toMatch(/<script|<link|<img|https?:/);
  });

  it.each([undefined, '*/*', 'application/json'])('is a problem for a client that accepts %s', (accept) => {
    const { headers, body } = renderExplanation(starting, { accept, method: 'GET' });
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body)).toEqual({
      type: 'about:blank',
      title: starting.title,
      status: 503,
      detail: starting.detail,
      code: 'instance.starting',
    });
  });

  it.each([
    ['GET', true],
    ['POST', false],
  ])('asks again by itself after %s: %s', (method, refreshes) => {
    const { body } = renderExplanation(starting, { accept: 'text/html', method });
    expect(body.includes('http-equiv="refresh"')).toBe(refreshes);
  });

  it('counts bytes, not characters', () => {
    const { headers, body } = renderExplanation(
      { ...starting, title: 'größer' },
      { accept: 'text/html', method: 'GET' },
    );
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  });
});
