import { type ContainerBaseOptions, containerBase, emptyVolumes } from './container-base';
import { type BindMount, type Labels, type OdooServiceSpec } from './service-spec';
import { reservationsFor } from './tenant-service';

export interface ProbeJobOptions extends ContainerBaseOptions {
  /** Names the job: called again with the same one, the job that runs is joined. */
  readonly jobId: string;
  readonly labels: Labels;
  /** The directory on the node that has Odoo's files; it is written to. */
  readonly dataDirectory: string;
  /** Where its sessions lie when they are not among the files. */
  readonly sessionsDirectory?: string;
  /** How long it may take from its start to its last answer. */
  readonly withinMs: number;
}

/** Exit codes of the job: it did not answer 200 in time, and it ended by itself. */
export const NOT_ANSWERING = 69;
export const ENDED_BY_ITSELF = 70;

/** The health path says that the server is up, the login page that it can work with its database. */
const LOGIN_PATH = '/web/login';

/** What is written is thrown away, so nobody waits for an orderly end. */
const STOP_GRACE_MS = 1_000;

/** Python is the one program besides Odoo that every Odoo image is sure to have. Its arguments: port, seconds, paths -- Odoo. */
const PROBE = `
import subprocess, sys, time, urllib.error, urllib.request

split = sys.argv.index('--')
port, within, *paths = sys.argv[1:split]
odoo = subprocess.Popen(sys.argv[split + 1:])
deadline = time.monotonic() + float(within)
seen = 'nobody answered'
while paths and odoo.poll() is None and time.monotonic() < deadline:
    try:
        with urllib.request.urlopen('http://127.0.0.1:' + port + paths[0], timeout=30) as answer:
            seen = str(answer.status)
    except urllib.error.HTTPError as error:
        seen = str(error.code)
    except OSError:
        pass
    if seen == '200':
        print(paths.pop(0), 'answered 200', flush=True)
        seen = 'nobody answered'
    else:
        time.sleep(0.2)
ended = odoo.poll()
if ended is None:
    odoo.kill()
    odoo.wait()
if not paths:
    sys.exit(0)
print(paths[0] + ':', seen if ended is None else 'Odoo ended with ' + str(ended), flush=True)
sys.exit(${NOT_ANSWERING} if ended is None else ${ENDED_BY_ITSELF})
`;

/**
 * A one-off service that starts an Odoo on a database and ends with 0 once it has answered; it listens to nobody outside of its
 * container, and runs none of its scheduled jobs.
 */
export function probeJob(options: ProbeJobOptions): OdooServiceSpec {
  const { profile, jobId, limits, withinMs } = options;
  const labels = { ...options.labels, 'saasodoo.managed': 'true', 'saasodoo.job.id': jobId };
  const paths = [...new Set([profile.healthPath, LOGIN_PATH])];
  return {
    ...containerBase(options, labels),
    labels,
    command: ['python3', '-c', PROBE],
    args: [
      ...[String(profile.httpPort), String(withinMs / 1_000), ...paths, '--', ...profile.command],
      ...['--http-interface=127.0.0.1', '--max-cron-threads=0'],
    ],
    mounts: [...dataMounts(options), ...emptyVolumes(profile)],
    reservations: reservationsFor(limits),
    healthCheck: 'none',
    restartPolicy: { condition: 'none' },
    stopGracePeriodMs: STOP_GRACE_MS,
    revision: 0,
  };
}

function dataMounts({ profile, dataDirectory, sessionsDirectory }: ProbeJobOptions): BindMount[] {
  const target = profile.dataDirectory;
  return [
    { type: 'bind', source: dataDirectory, target },
    ...(sessionsDirectory === undefined
      ? []
      : [{ type: 'bind' as const, source: sessionsDirectory, target: `${target}/sessions` }]),
  ];
}
