import { docker } from '../docker.ts';
import { secretValue } from '../stack/secrets.ts';
import type { BenchInstance, BenchSite } from './operator.ts';

/** As the platform's jobs have them. */
const LIMITS = ['--cpus', '1', '--memory', '1g'] as const;
const RESTORED = 'bench_by_hand';

/** PostgreSQL's programs, tar and zstd by hand, in containers of the image and with the limits of the platform's jobs. */
export class BareTools {
  private readonly site: BenchSite;
  private readonly image: string;
  private readonly password: string;
  private readonly database: string;
  private readonly directory: string;

  private constructor(
    site: BenchSite,
    { database_name, id }: BenchInstance,
    { image, password }: { image: string; password: string },
  ) {
    this.site = site;
    this.image = image;
    this.password = password;
    this.database = database_name;
    const short = id.replaceAll('-', '').slice(0, 8);
    this.directory = `${site.storageRoot}/odoo_instances/odoo_data_${database_name}_${short}`;
  }

  static async of(site: BenchSite, instance: BenchInstance): Promise<BareTools> {
    const format = '{{.Spec.TaskTemplate.ContainerSpec.Image}}';
    const service = `${site.name}_tenant-postgres`;
    const image = await docker(['service', 'inspect', service, '--format', format]);
    const password = await secretValue(site.name, 'tenant_database_password');
    return new BareTools(site, instance, { image: image.trim(), password });
  }

  /** So many rows in a table of the instance's own role, and so many files of 1 MiB that nothing makes smaller. */
  async fill(rows: number, files: number): Promise<void> {
    const owner = await this.psql(
      `SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '${this.database}'`,
    );
    await this.psql(
      `SET ROLE "${owner}"; CREATE TABLE bench_rows AS SELECT n AS id, md5(n::text) || md5((-n)::text) AS text,
         now() - n * interval '1 second' AS at FROM generate_series(1, ${rows}) AS n`,
    );
    await this.run(
      `mkdir -p /files/filestore/${this.database}/bench && cd /files/filestore/${this.database}/bench
       for i in $(seq ${files}); do head -c 1048576 /dev/urandom > "$i"; done
       chown -R --reference=/files /files/filestore && sync`,
    );
  }

  /** Bytes of the database, and of the files. */
  async sizes(): Promise<{ readonly database: number; readonly files: number }> {
    const database = Number(await this.psql(`SELECT pg_database_size('${this.database}')`));
    return { database, files: Number(await this.run(`du -sb /files | cut -f1`)) };
  }

  dump(): Promise<number> {
    return this.time(`pg_dump -Fc --compress=zstd:1 -f /work/database.dump ${this.database}`);
  }

  archive(): Promise<number> {
    return this.time(`tar -I 'zstd -1' --exclude ./sessions -cf /work/files.tar.zst -C /files .`);
  }

  async restoreDatabase(): Promise<number> {
    await this.psql(`DROP DATABASE IF EXISTS ${RESTORED}`);
    const ms = await this.time(
      `createdb ${RESTORED} && pg_restore --exit-on-error --no-owner --jobs=2 -d ${RESTORED} /work/database.dump`,
    );
    await this.psql(`DROP DATABASE ${RESTORED}`);
    return ms;
  }

  async unpack(): Promise<number> {
    const ms = await this.time(`mkdir /work/files && tar -I zstd -xf /work/files.tar.zst -C /work/files`);
    await this.run('rm -rf /work/files');
    return ms;
  }

  async end(): Promise<void> {
    await this.run('rm -rf /work/*');
  }

  /** Milliseconds, the start and the end of the container included. */
  private async time(script: string): Promise<number> {
    const startedAt = performance.now();
    await this.run(script);
    return performance.now() - startedAt;
  }

  private psql(sql: string): Promise<string> {
    return this.run(`psql -XqAt -v ON_ERROR_STOP=1 -d ${this.database} <<'END'\n${sql};\nEND`);
  }

  private run(script: string): Promise<string> {
    const { site, image, password, directory } = this;
    const environment = { PGHOST: 'tenant-postgres', PGUSER: 'saasodoo_admin', PGPASSWORD: password };
    return docker([
      ...[
        'run',
        '--rm',
        '--network',
        site.tenantNetwork,
        '--label',
        `saasodoo.stack=${site.name}`,
        ...LIMITS,
      ],
      ...['-v', `${directory}:/files`, '-v', `${site.storageRoot}/bench-by-hand:/work`],
      ...Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
      ...['--entrypoint', 'bash', image, '-euc', script],
    ]);
  }
}
