import { imageProfile } from './image-profile';
import { tenantService, type TenantServiceOptions } from './tenant-service';

const labels = {
  'saasodoo.managed': 'true',
  'saasodoo.instance.id': 'id-1',
  'saasodoo.instance.name': 'A shop',
  'saasodoo.customer.id': 'customer-1',
  'saasodoo.generation': '3',
};

const options: TenantServiceOptions = {
  name: 'odoo-shop-01234567',
  image: 'odoo:17.0',
  profile: imageProfile('official', '17.0'),
  config: { secretId: 'secret-1', secretName: 'odoo-01234567-conf-v1' },
  networkId: 'network-1',
  networkName: 'saasodoo-network',
  limits: { cpus: 0.5, memoryBytes: 1024 ** 3 },
  constraints: ['node.labels.saasodoo.tenants==true'],
  endpointMode: 'dnsrr',
  labels,
  extraLabels: { 'saasodoo.platform': 'main' },
  route: { host: 'shop.example.com', entryPoint: 'websecure', tls: true, middlewares: ['security@file'] },
  dataDirectory: '/srv/odoo_data_shop_01234567',
  revision: 7,
  capabilities: { startInterval: false },
};

describe('tenantService', () => {
  it('runs Odoo as nobody special, with its configuration as a file', () => {
    expect(tenantService(options)).toMatchObject({
      command: ['odoo'],
      user: '101:101',
      capabilitiesDrop: ['ALL'],
      noNewPrivileges: true,
      init: true,
      environment: { ODOO_RC: '/run/secrets/odoo.conf' },
      secrets: [
        {
          secretId: 'secret-1',
          secretName: 'odoo-01234567-conf-v1',
          target: '/run/secrets/odoo.conf',
          uid: '101',
          gid: '101',
          mode: 0o400,
        },
      ],
    });
  });

  it('covers every volume of the image', () => {
    expect(tenantService(options).mounts).toEqual([
      { type: 'bind', source: '/srv/odoo_data_shop_01234567', target: '/var/lib/odoo' },
      { type: 'tmpfs', target: '/mnt/extra-addons', sizeBytes: 1_048_576, mode: 0o755 },
    ]);
  });

  it('reserves a part of what it may use', () => {
    expect(tenantService(options)).toMatchObject({
      limits: { cpus: 0.5, memoryBytes: 1024 ** 3, pids: 512 },
      reservations: { cpus: 0.025, memoryBytes: 256 * 1024 ** 2 },
    });
  });

  it('ends before Swarm would start a next task', () => {
    expect(tenantService(options).stopGracePeriodMs).toBeLessThan(60_000);
  });

  it('changes nothing that would restart it when only generation, name or route change', () => {
    const changed = tenantService({
      ...options,
      labels: { ...labels, 'saasodoo.generation': '4', 'saasodoo.instance.name': 'B' },
      route: { host: 'other.example.com' },
    });
    const { labels: before, ...task } = tenantService(options);
    const { labels: after, ...sameTask } = changed;
    expect(sameTask).toEqual(task);
    expect(after).not.toEqual(before);
  });

  it('names the owner on the containers too', () => {
    expect(tenantService(options).containerLabels).toEqual({
      'saasodoo.managed': 'true',
      'saasodoo.instance.id': 'id-1',
      'saasodoo.customer.id': 'customer-1',
      'saasodoo.platform': 'main',
    });
  });

  it('tells Traefik the way, websockets included', () => {
    const wanted = {
      ...labels,
      'saasodoo.platform': 'main',
      'traefik.enable': 'true',
      'traefik.swarm.network': 'saasodoo-network',
      'traefik.http.routers.odoo-shop-01234567.rule': 'Host(`shop.example.com`)',
      'traefik.http.routers.odoo-shop-01234567.service': 'odoo-shop-01234567',
      'traefik.http.routers.odoo-shop-01234567.entrypoints': 'websecure',
      'traefik.http.routers.odoo-shop-01234567.tls': 'true',
      'traefik.http.routers.odoo-shop-01234567.middlewares': 'security@file',
      'traefik.http.services.odoo-shop-01234567.loadbalancer.server.port': '8069',
      'traefik.http.routers.odoo-shop-01234567-ws.rule':
        'Host(`shop.example.com`) && PathPrefix(`/websocket`)',
      'traefik.http.routers.odoo-shop-01234567-ws.service': 'odoo-shop-01234567-ws',
      'traefik.http.routers.odoo-shop-01234567-ws.entrypoints': 'websecure',
      'traefik.http.routers.odoo-shop-01234567-ws.tls': 'true',
      'traefik.http.routers.odoo-shop-01234567-ws.middlewares': 'security@file',
      'traefik.http.services.odoo-shop-01234567-ws.loadbalancer.server.port': '8069',
    };
    expect(tenantService(options).labels).toEqual(wanted);
    expect(tenantService({ ...options, workers: 2 }).labels).toEqual({
      ...wanted,
      'traefik.http.services.odoo-shop-01234567-ws.loadbalancer.server.port': '8072',
    });
  });

  it('refuses a host that would end the rule', () => {
    expect(() => tenantService({ ...options, route: { host: 'a`) || Host(`b' } })).toThrow(
      expect.objectContaining({ code: 'odoo.host_malformed' }) as Error,
    );
  });

  it('has a health check only where a start interval keeps it from delaying the start', () => {
    expect(tenantService(options).healthCheck).toBe('none');
    expect(tenantService({ ...options, capabilities: { startInterval: true } }).healthCheck).toMatchObject({
      intervalMs: 30_000,
      startIntervalMs: 2_000,
    });
  });

  it('adds the variables of the customer', () => {
    const { environment } = tenantService({ ...options, customerEnvironment: { SHOP_COLOUR: 'red' } });
    expect(environment).toEqual({ SHOP_COLOUR: 'red', ODOO_RC: '/run/secrets/odoo.conf' });
  });

  it.each(['ODOO_RC', 'PGPASSWORD', 'PYTHONPATH', 'LD_PRELOAD', 'path', 'HOST', 'A B', ''])(
    'refuses %j from the customer',
    (name) => {
      expect(() => tenantService({ ...options, customerEnvironment: { [name]: 'x' } })).toThrow(
        expect.objectContaining({ code: 'odoo.environment_refused', facts: { names: [name] } }) as Error,
      );
    },
  );
});
