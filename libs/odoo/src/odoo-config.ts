import { AppError } from '@saasodoo/kernel';
import { type ImageProfile } from './image-profile';
import { odooMajor } from './odoo-version';

export interface OdooConfigOptions {
  readonly profile: ImageProfile;
  readonly database: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly name: string;
  };
  /** Guards the database manager, which is switched off as well. */
  readonly masterPassword: string;
  /** What the container may use, in bytes. */
  readonly memoryBytes: number;
  /** Worker processes; 0 (the default) is one process with threads. */
  readonly workers?: number;
}

/** Where the file is mounted, and what `ODOO_RC` says. */
export const ODOO_CONFIG_PATH = '/run/secrets/odoo.conf';

const GIB = 1024 ** 3;

/**
 * Odoo counts address space, not memory: a freshly started server already has about 1 GiB of it. Its own limits therefore
 * lie above the container's, which the kernel enforces, and only catch what leaks address space.
 */
const ADDRESS_SPACE_BYTES = 2 * GIB;

/** Installing a module is one request, and on half a CPU it takes minutes: Odoo's 120 s would kill it half-way. */
const REQUEST_LIMIT_S = 1200;

/**
 * The text of `odoo.conf`. It carries passwords: it belongs into a Docker secret, never into a label or the environment.
 * Throws `odoo.config_value_refused` for a value that the file cannot carry unchanged.
 */
export function renderOdooConfig(options: OdooConfigOptions): string {
  const lines = Object.entries(settings(options)).map(([key, value]) => `${key} = ${plain(key, value)}`);
  return `[options]\n${lines.join('\n')}\n`;
}

function settings({ profile, database, masterPassword, memoryBytes, workers = 0 }: OdooConfigOptions) {
  const websocketPortOption = odooMajor(profile.version) >= 16 ? 'gevent_port' : 'longpolling_port';
  return {
    db_host: database.host,
    db_port: database.port,
    db_user: database.user,
    db_password: database.password,
    db_name: database.name,
    dbfilter: `^${database.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`,
    db_maxconn: 16,
    list_db: 'False',
    admin_passwd: masterPassword,
    data_dir: profile.dataDirectory,
    proxy_mode: 'True',
    http_interface: '0.0.0.0',
    http_port: profile.httpPort,
    [websocketPortOption]: profile.websocketPort,
    workers,
    max_cron_threads: 1,
    limit_memory_soft: memoryBytes + ADDRESS_SPACE_BYTES,
    limit_memory_hard: memoryBytes + ADDRESS_SPACE_BYTES + GIB / 2,
    limit_time_cpu: REQUEST_LIMIT_S / 2,
    limit_time_real: REQUEST_LIMIT_S,
  };
}

const PRINTABLE = /^[\x21-\x7e]+$/;
const READ_AS_SOMETHING_ELSE = new Set(['true', 'false', 'none']);

/**
 * Odoo reads the file raw: nothing is interpolated, so nothing is escaped, and what cannot be written is refused.
 * `%` stands for itself; white space at the ends would be cut off, and the words above would become booleans.
 */
function plain(key: string, value: string | number): string {
  const text = String(value);
  const fits = PRINTABLE.test(text) && (isSwitch(key) || !READ_AS_SOMETHING_ELSE.has(text.toLowerCase()));
  if (!fits) {
    throw AppError.terminal(
      'odoo.config_value_refused',
      `odoo.conf cannot carry the value given for ${key}`,
      {
        hint: 'Use printable ASCII characters without spaces.',
        facts: { option: key },
      },
    );
  }
  return text;
}

function isSwitch(key: string): boolean {
  return key === 'list_db' || key === 'proxy_mode';
}
