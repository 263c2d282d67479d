import { type Answer } from '../connection/answer';
import { type EngineSpec, isEngineSpec } from './engine-spec';
import { type SwarmService } from './swarm-service';

/** A service with what an update must hand back: its version and its spec to the last field. */
export interface VersionedService {
  readonly service: SwarmService;
  readonly version: number;
  readonly spec: EngineSpec;
}

export function toService(answer: Answer): SwarmService {
  const spec = answer.at('Spec');
  const template = spec.at('TaskTemplate');
  return {
    id: answer.text('ID'),
    name: spec.text('Name'),
    labels: spec.map('Labels'),
    image: template.at('ContainerSpec').text('Image'),
    replicas: spec.at('Mode').at('Replicated').numberOr('Replicas', 0),
    revision: template.numberOr('ForceUpdate', 0),
    endpointMode: spec.at('EndpointSpec').textOr('Mode', 'vip') === 'dnsrr' ? 'dnsrr' : 'vip',
    networkIds: template.list('Networks').map((network) => network.text('Target')),
    createdAt: answer.date('CreatedAt'),
    updatedAt: answer.date('UpdatedAt'),
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
