import type { Finding } from './diagnosis';
import type { DiagnosisFacts } from './diagnosis-facts';
import type { Rule } from './rule';

/** Whether a task is asked for at all. */
export const serviceRules: readonly Rule[] = [serviceMissing, scaledToZero];

const REPAIRED = 'The platform brings it back by itself within seconds; otherwise redeploy the instance.';

function serviceMissing({ instance, service }: DiagnosisFacts): Finding | undefined {
  if (service !== undefined) return undefined;
  return {
    code: 'service.missing',
    summary: `The service ${instance.serviceName} does not exist: it was removed behind the platform's back.`,
    action: { text: REPAIRED },
  };
}

/** One that was given up is at zero for a reason, which its tasks tell. */
function scaledToZero({ instance, service }: DiagnosisFacts): Finding | undefined {
  if (service === undefined || service.replicas > 0 || instance.status === 'error') return undefined;
  return {
    code: 'service.scaled_to_zero',
    summary: `The service ${service.name} was scaled to 0 behind the platform's back.`,
    action: { text: REPAIRED, command: `docker service scale ${service.name}=1` },
  };
}
