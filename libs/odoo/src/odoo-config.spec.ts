import { imageProfile } from './image-profile';
import { type OdooConfigOptions, renderOdooConfig } from './odoo-config';

const options: OdooConfigOptions = {
  profile: imageProfile('official', '17.0'),
  database: { host: 'postgres-1', port: 5432, user: 'odoo_1', password: 'p%s#;=1', name: 'a.shop' },
  masterPassword: 'master',
  memoryBytes: 1024 ** 3,
};

describe('renderOdooConfig', () => {
  it('writes what Odoo reads', () => {
    expect(renderOdooConfig(options)).toBe(`[options]
db_host = postgres-1
db_port = 5432
db_user = odoo_1
db_password = p%s#;=1
db_name = a.shop
dbfilter = ^a\\.shop$
db_maxconn = 16
list_db = False
admin_passwd = master
data_dir = /var/lib/odoo
proxy_mode = True
http_interface = 0.0.0.0
http_port = 8069
gevent_port = 8072
workers = 0
max_cron_threads = 1
limit_memory_soft = 3221225472
limit_memory_hard = 3758096384
limit_time_cpu = 600
limit_time_real = 1200
`);
  });

  it('calls the websocket port by its older name up to Odoo 15', () => {
    const text = renderOdooConfig({ ...options, profile: imageProfile('official', '15.0') });
    expect(text).toContain('\nlongpolling_port = 8072\n');
    expect(text).not.toContain('gevent_port');
  });

  it.each(['', 'two words', 'line\nlist_db = True', 'naïve', 'True', 'none'])(
    'refuses %j, which would be read as something else, without repeating it',
    (password) => {
      const database = { ...options.database, password };
      expect(() => renderOdooConfig({ ...options, database })).toThrow(
        expect.objectContaining({
          code: 'odoo.config_value_refused',
          message: 'odoo.conf cannot carry the value given for db_password',
        }) as Error,
      );
    },
  );
});
