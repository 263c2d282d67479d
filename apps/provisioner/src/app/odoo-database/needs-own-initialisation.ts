import type { Instance } from '@saasodoo/instances/domain';

/** What templates are made with. */
const TEMPLATE_LANGUAGE = 'en_US';

/** Whether the instance wants what no template has. */
export function needsOwnInitialisation({
  demoData,
  language,
}: Pick<Instance, 'demoData' | 'language'>): boolean {
  return demoData || (language !== undefined && language !== TEMPLATE_LANGUAGE);
}
