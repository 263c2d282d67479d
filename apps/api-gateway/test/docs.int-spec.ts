import { freshDatabase, freshVhost } from '@saasodoo/testing';
import type { ApiClient } from './api-client';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';

jest.setTimeout(60_000);

let gateway: GatewayUnderTest;
let nobody: ApiClient;

beforeAll(async () => {
  gateway = await startGateway({ database: await freshDatabase(), broker: await freshVhost() });
  nobody = gateway.client;
}, 240_000);
afterAll(() => gateway.close());

/** What a browser loads with a page. */
function assetsOf(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
}

describe('Swagger UI', () => {
  it('is a page whose scripts, styles and icons are all there', async () => {
    const page = await nobody.get('/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.text).toContain('<div id="swagger-ui">');
    const assets = assetsOf(page.text);
    expect(assets.some((asset) => asset.endsWith('swagger-ui-bundle.js'))).toBe(true);
    for (const asset of assets) {
      const { pathname } = new URL(asset, `${nobody.url}/docs`);
      const { status, text } = await nobody.get(pathname);
      expect([pathname, status, text.length > 0]).toEqual([pathname, 200, true]);
    }
  });

  it('shows the document that /openapi.json answers', async () => {
    const script = await nobody.get('/docs/swagger-ui-init.js');
    const document = JSON.parse((await nobody.get('/openapi.json')).text) as { paths: object };
    expect(Object.keys(document.paths)).toContain('/instance/instances');
    for (const path of Object.keys(document.paths)) expect(script.text).toContain(`"${path}"`);
  });
});
