import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canInstallPackages, installPackages } from './apt.ts';
import { localImage } from './docker.ts';
import { SetupError } from './errors.ts';
import { exists, run } from './process.ts';

export type DebianSuite = 'trixie' | 'bullseye';

const MIRROR = process.env['SAASODOO_DEBIAN_MIRROR'] ?? 'http://deb.debian.org/debian';
const SECURITY = process.env['SAASODOO_DEBIAN_SECURITY_MIRROR'] ?? 'http://deb.debian.org/debian-security';

const RECIPE_LABEL = 'saasodoo.image.recipe';

export function debianTag(suite: DebianSuite): string {
  return `saasodoo/debian:${suite}-slim`;
}

// A build that loses power is built again, so nothing has to be on the disk before the next file is written.
// Neither manuals nor translations are ever read in a container; licences stay, as Debian's own slim images do it.
const SLIM = [
  'force-unsafe-io',
  'path-exclude /usr/share/man/*',
  'path-exclude /usr/share/info/*',
  'path-exclude /usr/share/locale/*',
  'path-exclude /usr/share/doc/*',
  'path-include /usr/share/doc/*/copyright',
  '',
].join('\n');

const APT = [
  'Dir::Cache::pkgcache "";',
  'Dir::Cache::srcpkgcache "";',
  'APT::Keep-Downloaded-Packages "false";',
  'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };',
  'APT::Install-Recommends "false";',
  'Acquire::Languages "none";',
  'Acquire::GzipIndexes "true";',
  'APT::Get::Assume-Yes "true";',
  '',
].join('\n');

const WASTE = [
  ...['var/cache/apt/archives/*.deb', 'var/cache/apt/*.bin', 'var/lib/apt/lists/*', 'var/log/*.log'],
  ...['usr/share/man/*', 'usr/share/locale/*', 'usr/share/info/*'],
];

function sources(suite: DebianSuite): string {
  return [
    `deb ${MIRROR} ${suite} main`,
    `deb ${MIRROR} ${suite}-updates main`,
    `deb ${SECURITY} ${suite}-security main`,
    '',
  ].join('\n');
}

function recipeHash(suite: DebianSuite): string {
  return createHash('sha256')
    .update([SLIM, APT, ...WASTE, sources(suite)].join('\n'))
    .digest('hex');
}

async function needDebootstrap(): Promise<void> {
  if (await exists('debootstrap')) return;
  if (await canInstallPackages()) {
    await installPackages(['debootstrap', 'debian-archive-keyring']);
    return;
  }
  throw new SetupError(
    'No image registry answers, and base images can only be built out of packages as root on Debian or Ubuntu.',
    'connect this machine to a registry (docker pull debian:trixie-slim must work), or run the command as root on Debian or Ubuntu.',
  );
}

async function slimDown(root: string, suite: DebianSuite): Promise<void> {
  await writeFile(join(root, 'etc/dpkg/dpkg.cfg.d/slim'), SLIM);
  await writeFile(join(root, 'etc/apt/apt.conf.d/90container'), APT);
  await writeFile(join(root, 'etc/apt/sources.list'), sources(suite));
  // Packages must not start their daemons while an image is built.
  await writeFile(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  await run(
    'sh',
    ['-c', `rm -rf ${WASTE.join(' ')} && find usr/share/doc -type f ! -name copyright -delete`],
    { cwd: root },
  );
}

async function build(suite: DebianSuite): Promise<void> {
  await needDebootstrap();
  const root = await mkdtemp(join(tmpdir(), `saasodoo-${suite}-`));
  try {
    await run('debootstrap', ['--variant=minbase', suite, root, MIRROR]);
    await slimDown(root, suite);
    const labels = [
      'saasodoo.managed=true',
      `${RECIPE_LABEL}=${recipeHash(suite)}`,
      `org.opencontainers.image.version=${suite}`,
    ].flatMap((label) => ['--change', `LABEL ${label}`]);
    const changes = ['--change', 'CMD ["bash"]', '--change', 'ENV LANG=C.UTF-8', ...labels];
    const pipe = 'root="$1"; shift; tar -C "$root" --numeric-owner -c . | docker import "$@"';
    await run('sh', ['-c', pipe, 'sh', root, ...changes, '-', debianTag(suite)]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** A small Debian made by debootstrap, for sites with a package mirror and no registry. */
export async function ensureDebianBase(suite: DebianSuite, rebuild = false): Promise<string> {
  const tag = debianTag(suite);
  const present = await localImage(tag);
  if (rebuild || present?.labels[RECIPE_LABEL] !== recipeHash(suite)) await build(suite);
  return tag;
}
