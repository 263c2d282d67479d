import { AppError } from '@saasodoo/kernel';
import { type ContainerBaseOptions, containerBase, emptyVolume, emptyVolumes } from './container-base';
import { type BindMount, type OdooServiceSpec, type TmpfsMount, type Labels } from './service-spec';

export interface InitJobOptions extends ContainerBaseOptions {
  /** Names the job: called again with the same one, the job that runs is joined. */
  readonly jobId: string;
  readonly labels?: Labels;
  /** Exists, is empty, and belongs to the role in the configuration. */
  readonly databaseName: string;
  /**
   * The instance's directory on the node, which gets the files; or `'template'`: the files are put into the database, so
   * that its clones need none.
   */
  readonly dataDirectory: string;
  readonly demoData?: boolean;
  /** Odoo language code to load, such as `de_DE`. */
  readonly language?: string;
}

/** As `InitJobOptions.dataDirectory`: the database is to be a template and takes its files in. */
export const TEMPLATE = 'template';

/**
 * Where a template's files are until they are in the database: in the container, and gone with it. A tmpfs on the data
 * directory would do nothing for this user, as it takes over the mode of the image's directory but belongs to root.
 */
const PASSING_DATA_DIRECTORY = '/tmp/odoo';

/**
 * Moves the files that `-i base` has written into the database, logos and menu icons above all. Odoo's own `force_storage`
 * leaves out in version 14 what belongs to a field, which is nearly all. What is stored later goes to files as ever.
 */
const FILES_INTO_DATABASE = `
parameters = env['ir.config_parameter']
parameters.set_param('ir_attachment.location', 'db')
in_any_field = ['|', ('res_field', '=', False), ('res_field', '!=', False)]
for file in env['ir.attachment'].search([('store_fname', '!=', False)] + in_any_field):
    file.write({'raw': file.raw, 'mimetype': file.mimetype})
parameters.set_param('ir_attachment.location', False)
env.cr.commit()
`;

/** `$0` is Odoo's executable, `$@` what it is to do. */
const INIT_TEMPLATE = `set -e
"$0" "$@"
"$0" shell --no-http --data-dir=${PASSING_DATA_DIRECTORY} <<'END'${FILES_INTO_DATABASE}END
`;

/**
 * A one-off service that makes an Odoo out of an empty database; runs for 12 to 60 s. It is not idempotent: after a failure
 * the database has to be made anew. Throws `odoo.language_malformed`.
 */
export function initJob(options: InitJobOptions): OdooServiceSpec {
  const { profile, jobId, dataDirectory, limits } = options;
  const labels = { ...options.labels, 'saasodoo.managed': 'true', 'saasodoo.job.id': jobId };
  const base = containerBase(options, labels);
  const forTemplate = dataDirectory === TEMPLATE;
  return {
    ...base,
    labels,
    command: forTemplate ? ['sh', '-c', INIT_TEMPLATE, ...profile.command] : profile.command,
    args: initArguments(options),
    mounts: [...dataMount(options), ...emptyVolumes(profile)],
    reservations: { cpus: 0, memoryBytes: Math.floor(limits.memoryBytes / 4) },
    healthCheck: 'none',
    restartPolicy: { condition: 'none' },
    revision: 0,
  };
}

function dataMount({ profile, dataDirectory }: InitJobOptions): (BindMount | TmpfsMount)[] {
  return dataDirectory === TEMPLATE
    ? [emptyVolume(profile.dataDirectory)]
    : [{ type: 'bind', source: dataDirectory, target: profile.dataDirectory }];
}

const LANGUAGE = /^[a-z]{2,3}(_[A-Z]{2})?(@[a-z]+)?$/;

function initArguments({
  databaseName,
  dataDirectory,
  demoData = false,
  language,
}: InitJobOptions): string[] {
  if (language !== undefined && !LANGUAGE.test(language)) {
    throw AppError.terminal('odoo.language_malformed', `'${language}' is not an Odoo language code`, {
      hint: 'Write it as Odoo does, such as de_DE.',
      httpStatus: 422,
    });
  }
  return [
    ...['-d', databaseName, '-i', 'base', '--no-http', '--stop-after-init'],
    ...(dataDirectory === TEMPLATE ? [`--data-dir=${PASSING_DATA_DIRECTORY}`] : []),
    ...(demoData ? [] : ['--without-demo=all']),
    ...(language === undefined ? [] : [`--load-language=${language}`]),
  ];
}
