/** What was observed of an instance; the only writer is `InstanceRepository.transition`. */
export const instanceStatuses = [
  'creating',
  'starting',
  'running',
  'stopping',
  'stopped',
  'restarting',
  'updating',
  'maintenance',
  'suspended',
  'error',
  'terminating',
  'terminated',
] as const;

export type InstanceStatus = (typeof instanceStatuses)[number];

/** Every instance is born with it. */
export const initialStatus: InstanceStatus = 'creating';

/** Nothing follows it. */
export const finalStatus: InstanceStatus = 'terminated';
