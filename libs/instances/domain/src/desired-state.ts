/** What the customer or billing wants of an instance. */
export const desiredStates = ['running', 'stopped', 'suspended', 'terminated'] as const;

export type DesiredState = (typeof desiredStates)[number];
