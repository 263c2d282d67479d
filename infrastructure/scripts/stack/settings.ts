import { type ObjectStoreSettings, objectStoreSettings } from './object-store.ts';

/** What tells one deployment of the platform from another on the same swarm. */
export interface StackSettings {
  /** Stack name; every service, volume and secret carries it as a prefix. */
  readonly name: string;
  readonly tenantNetwork: string;
  readonly internalNetwork: string;
  readonly baseDomain: string;
  readonly publicPort: number;
  /** Where the engine's ports are reached from here. */
  readonly engineHost: string;
  /** Where instance directories live, on the nodes that carry tenants. */
  readonly storageRoot: string;
  /** `local` when absent. */
  readonly storageDriver?: string;
  /** Where the platform's own services have it mounted, when that is another place than for tenants. */
  readonly storageSource?: string;
  /** Where backups go, or older ones lie, beside the directory. */
  readonly objectStore?: ObjectStoreSettings;
  /** Who the platform's first administrator is; the password is a secret of the deployment. */
  readonly adminEmail: string;
}

function setting(name: string, fallback: string): string {
  const value = process.env[name];
  return value === undefined || value === '' ? fallback : value;
}

/** The machine that DOCKER_HOST names; this one when it is unset or a socket. */
export function engineHost(): string {
  const host = setting('DOCKER_HOST', 'unix://');
  return /^(tcp|ssh|https?):/.test(host) ? new URL(host).hostname : '127.0.0.1';
}

/** The deployment that `npm run demo` makes, as the environment wants it. */
export function siteSettings(): StackSettings {
  const name = setting('SAASODOO_STACK', 'saasodoo');
  const objectStore = objectStoreSettings();
  const storageRoot = setting('SAASODOO_STORAGE_ROOT', `/var/lib/${name}/storage`);
  return {
    name,
    tenantNetwork: `${name}-network`,
    internalNetwork: `${name}-internal`,
    baseDomain: setting('SAASODOO_BASE_DOMAIN', 'localhost'),
    publicPort: Number(setting('SAASODOO_HTTP_PORT', '80')),
    engineHost: engineHost(),
    storageRoot,
    storageDriver: setting('SAASODOO_STORAGE_DRIVER', 'local'),
    storageSource: setting('SAASODOO_STORAGE_SOURCE', storageRoot),
    ...(objectStore === undefined ? {} : { objectStore }),
    adminEmail: setting('SAASODOO_ADMIN_EMAIL', 'admin@example.com'),
  };
}

/** The address a user types for a host of this deployment, such as `http://api.localhost`. */
export function publicUrl(settings: StackSettings, host: string): string {
  const port = settings.publicPort === 80 ? '' : `:${settings.publicPort}`;
  return `http://${host}.${settings.baseDomain}${port}`;
}
