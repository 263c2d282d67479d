import { docker, tryDocker } from '../../infrastructure/scripts/docker.ts';
import { poll, run } from '../../infrastructure/scripts/process.ts';
import type { CephGround } from '../../infrastructure/scripts/testing/ceph-ground.ts';
import { inRepository } from '../../infrastructure/scripts/paths.ts';

/** The Ceph that the site under test stands on, as `npm test -- ceph` announced it. */
export class Ceph {
  private constructor(private readonly ground: CephGround) {}

  static underTest(): Ceph {
    const announced = process.env['SAASODOO_TEST_CEPH'];
    if (announced === undefined) throw new Error('no Ceph to test on: run `npm test -- ceph`');
    return new Ceph(JSON.parse(announced) as CephGround);
  }

  /** Runs a program among its daemons. */
  exec(...command: readonly string[]): Promise<string> {
    return docker(['exec', this.ground.container, ...command], { timeoutMs: 60_000 });
  }

  /** An extended attribute as the client of the platform's mount has it; `path` is one of tenants. */
  async attribute(path: string, name: string): Promise<string> {
    const { platformContainer, platformPath, tenantsPath } = this.ground;
    const seen = path.replace(tenantsPath, platformPath);
    const look = ['getfattr', '--only-values', '--absolute-names', '-n', name, seen];
    return docker(['exec', platformContainer, 'timeout', '-s', 'KILL', '20', ...look]);
  }

  /** Names of the snapshots of a directory. */
  async snapshots(path: string): Promise<string[]> {
    const { platformContainer, platformPath, tenantsPath } = this.ground;
    const seen = `${path.replace(tenantsPath, platformPath)}/.snap`;
    const listed = await docker(['exec', platformContainer, 'ls', '-1', seen]);
    return listed.split('\n').filter((name) => name !== '' && !name.startsWith('_'));
  }

  /** From now on no metadata is to be had: whatever asks for them waits. */
  async freezeMds(): Promise<void> {
    await this.exec('pkill', '-STOP', 'ceph-mds');
  }

  /** It goes on where it stood, or the one after it takes over. */
  async thawMds(): Promise<void> {
    await this.exec('pkill', '-CONT', 'ceph-mds');
    await this.untilActive();
  }

  async untilActive(): Promise<void> {
    const active = await poll(async () => {
      const { stdout } = await tryDocker(['exec', this.ground.container, 'ceph', 'mds', 'stat'], {
        timeoutMs: 10_000,
      });
      return stdout.includes('up:active') ? true : undefined;
    }, 90_000);
    if (active === undefined) throw new Error('no MDS is active again');
  }

  /** How much all instances together may hold; 0 is as much as there is. */
  async limitPool(bytes: number): Promise<void> {
    await this.exec('ceph', 'osd', 'pool', 'set-quota', 'data', 'max_bytes', String(bytes));
  }

  /** What the platform sees takes no more writes, or takes them again. */
  async remount(how: 'ro' | 'rw'): Promise<void> {
    await run('mount', ['-i', '-o', `remount,${how}`, this.ground.platformPath]);
  }

  /** The client behind a mount dies, and the mount is taken off. */
  async lose(mount: 'platform' | 'tenants'): Promise<void> {
    const { platformContainer, platformPath, tenantsContainer, tenantsPath } = this.ground;
    const isPlatform = mount === 'platform';
    await docker(['kill', isPlatform ? platformContainer : tenantsContainer]);
    await run('umount', ['-l', isPlatform ? platformPath : tenantsPath]);
  }

  /** Mounts what is missing, as an operator does. */
  async mountAgain(): Promise<void> {
    const script = ['infrastructure/scripts/bootstrap.mjs', 'ceph/cli.ts', 'up', '--name', this.ground.name];
    await run(process.execPath, script, { cwd: inRepository() });
  }
}
