import { type Answer } from '../connection/answer';
import { type EngineSpec, isEngineSpec, isFields } from './engine-spec';
import { fingerprint } from './fingerprint';
import { type ResourceAmounts, type SwarmService } from './swarm-service';

const NANO_CPUS = 1_000_000_000;

/** A service with what an update must hand back: its version and its spec to the last field. */
export interface VersionedService {
  readonly service: SwarmService;
  readonly version: number;
  readonly spec: EngineSpec;
}

export function toService(answer: Answer): SwarmService {
  const spec = answer.at('Spec');
  const template = spec.at('TaskTemplate');
  const asked = template.at('Resources');
  return {
    id: answer.text('ID'),
    name: spec.text('Name'),
    labels: spec.map('Labels'),
    ...contents(template.at('ContainerSpec')),
    replicas: spec.at('Mode').at('Replicated').numberOr('Replicas', 0),
    revision: template.numberOr('ForceUpdate', 0),
    fingerprint: fingerprint(isFields(spec.value) ? spec.value : {}),
    endpointMode: spec.at('EndpointSpec').textOr('Mode', 'vip') === 'dnsrr' ? 'dnsrr' : 'vip',
    networkIds: template.list('Networks').map((network) => network.text('Target')),
    limits: toAmounts(asked.at('Limits')),
    reservations: toAmounts(asked.at('Reservations')),
    constraints: template.at('Placement').texts('Constraints'),
    createdAt: answer.date('CreatedAt'),
    updatedAt: answer.date('UpdatedAt'),
  };
}

/** Reads `NanoCPUs` and `MemoryBytes`. */
export function toAmounts(resources: Answer): ResourceAmounts {
  return {
    cpus: resources.numberOr('NanoCPUs', 0) / NANO_CPUS,
    memoryBytes: resources.numberOr('MemoryBytes', 0),
  };
}

export function toVersionedService(answer: Answer): VersionedService {
  const spec = answer.at('Spec').value;
  return {
    service: toService(answer),
    version: answer.at('Version').number('Index'),
    spec: isEngineSpec(spec) ? spec : answer.unexpected('Spec', 'the spec of a replicated service'),
  };
}

function contents(container: Answer): Pick<SwarmService, 'image' | 'secretNames' | 'bindSources'> {
  const binds = container.list('Mounts').filter((mount) => mount.textOr('Type', '') === 'bind');
  return {
    image: container.text('Image'),
    secretNames: container.list('Secrets').map((secret) => secret.text('SecretName')),
    bindSources: binds.map((mount) => mount.text('Source')),
  };
}
