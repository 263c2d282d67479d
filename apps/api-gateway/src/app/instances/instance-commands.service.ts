import { Inject, Injectable } from '@nestjs/common';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { type Actor, changeScope, roleInsufficient } from '@saasodoo/identity/domain';
import { InstanceRepository, type InstanceShape } from '@saasodoo/instances/data-access';
import {
  assertCommandAllowed,
  desiredAfter,
  type Instance,
  type InstanceCommand,
  type ObservedCondition,
} from '@saasodoo/instances/domain';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { type JsonObject, type Operation, stepListOf, supersedableKinds } from '@saasodoo/operations/domain';
import { DataSource, type EntityManager } from 'typeorm';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import { OperationRequests } from '../operations/operation-requests';
import { acceptedAnswer } from './accepted-answer';
import { commandContracts } from './command-contracts';
import { CommandPreviewResponse } from './command-preview.response';
import { instanceUnknown } from './instance-unknown';
import { InstanceResponse } from './instance.response';

export interface CommandOptions {
  readonly idempotencyKey?: string | undefined;
  /** Answer what would run, and change nothing. */
  readonly dryRun?: boolean;
  /** What the instance is meant to have from then on; for `scale` and `reconfigure`. */
  readonly shape?: InstanceShape;
  /** Also a storage limit below what is used. */
  readonly force?: boolean;
  /** Why, in words for the customer and the visitors of the instance. */
  readonly reason?: string | undefined;
}

export type CommandAnswer = Answer<InstanceResponse | CommandPreviewResponse>;

/** These come from billing and operators; a customer asks for the others. */
const OPERATORS_ONLY: readonly InstanceCommand[] = ['suspend', 'resume', 'redeploy'];

/** These wish for a state, so they take the place of what is under way; the others wait for their turn. */
const TAKES_THE_PLACE: readonly InstanceCommand[] = [
  'start',
  'stop',
  'restart',
  'suspend',
  'resume',
  'terminate',
];

/** Accepts commands: what is wanted, its operation and its message are written together, and a worker does the rest. */
@Injectable()
export class InstanceCommandsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(OperationRepository) private readonly operations: OperationRepository,
    @Inject(OperationRequests) private readonly operationRequests: OperationRequests,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /**
   * Answers 202 with the instance and the operation that was opened, or 200 with what would run.
   * Throws `instance.not_found`, `role.insufficient`, and why the command is refused, see `assertCommandAllowed`.
   */
  async execute(
    command: InstanceCommand,
    id: string,
    actor: Actor,
    options: CommandOptions = {},
  ): Promise<CommandAnswer> {
    const scope = changeScope(actor);
    if (OPERATORS_ONLY.includes(command) && actor.role !== 'admin') throw roleInsufficient('admin');
    if (options.dryRun === true) return this.preview(command, id, scope);
    const { idempotencyKey: key, shape = {}, reason = '', force = false } = options;
    const attempt = {
      ...{ scope: actor.customerId, key, operation: `${command}:${id}` },
      request: { ...shape, reason, ...(force ? { force } : {}) },
    };
    return this.requests.run(attempt, async (em) => {
      const instance = await this.instances.lockInScope(em, id, scope);
      if (instance === undefined) throw instanceUnknown();
      return this.accept(em, command, { instance, actor, options });
    });
  }

  private async preview(
    command: InstanceCommand,
    id: string,
    scope: { readonly customerId?: string },
  ): Promise<Answer<CommandPreviewResponse>> {
    const instance = await this.instances.findInScope(id, scope);
    if (instance === undefined) throw instanceUnknown();
    assertCommandAllowed(command, instance);
    const open = await this.operations.openFor(this.dataSource.manager, id);
    const body: CommandPreviewResponse = {
      dry_run: true,
      kind: command,
      desired_state: desiredAfter(command, instance),
      steps: stepListOf(command),
      supersedes: TAKES_THE_PLACE.includes(command) ? open.filter(canBeSuperseded).map((one) => one.id) : [],
    };
    return { status: 200, headers: {}, body };
  }

  private async accept(
    em: EntityManager,
    command: InstanceCommand,
    { instance, actor, options }: Asked,
  ): Promise<Answer<InstanceResponse>> {
    assertCommandAllowed(command, instance);
    if (TAKES_THE_PLACE.includes(command)) await this.operations.supersede(em, instance.id);
    if (options.shape !== undefined) await this.instances.requestShape(em, instance.id, options.shape);
    const condition = suspensionCondition(command, options.reason);
    if (condition !== undefined) await this.instances.stateCondition(em, instance.id, condition);
    await this.instances.requestDesiredState(em, instance.id, desiredAfter(command, instance));
    const wanted = await this.instances.get(instance.id, em);
    const operation = await this.operationRequests.open(em, {
      instance: wanted,
      kind: command,
      contract: commandContracts[command],
      input: inputOf(instance, options),
    });
    await this.audit.record(em, {
      ...{ actor, customerId: instance.customerId, action: `instance.${command}`, subject: instance.id },
      before: audited(instance, options),
      after: { ...audited(wanted, options), operation_id: operation.id },
    });
    return acceptedAnswer(wanted, operation);
  }
}

interface Asked {
  /** As it was before. */
  readonly instance: Instance;
  readonly actor: Actor;
  readonly options: CommandOptions;
}

/** What the audit shows of an instance; the values of a customer's variables may be secrets, so it shows their names. */
function audited(instance: Instance, { shape, reason }: CommandOptions): JsonObject {
  const {
    desiredState: desired_state,
    status,
    name,
    cpuLimit: cpu_limit,
    memoryBytes: memory_bytes,
    storageBytes: storage_bytes,
  } = instance;
  const environment = Object.keys(instance.environment ?? {});
  return {
    ...{ desired_state, status },
    ...(shape === undefined ? {} : { name, cpu_limit, memory_bytes, storage_bytes, environment }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function canBeSuperseded({ kind }: Operation): boolean {
  return supersedableKinds.includes(kind);
}

/** What was replaced travels with the operation: a change that cannot be had is taken back to it. */
function inputOf(instance: Instance, { shape, reason, force = false }: CommandOptions): JsonObject {
  const { cpuLimit: cpu_limit, memoryBytes: memory_bytes, environment = null } = instance;
  const previous = { cpu_limit, memory_bytes, storage_bytes: instance.storageBytes, environment };
  return {
    ...(shape === undefined ? {} : { previous }),
    ...(force ? { force } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** What the edge tells visitors of a suspended instance. */
function suspensionCondition(
  command: InstanceCommand,
  reason: string | undefined,
): ObservedCondition | undefined {
  if (command === 'suspend') {
    return { type: 'suspended', status: 'true', reason: 'Operator', message: reason ?? '' };
  }
  if (command === 'resume') return { type: 'suspended', status: 'false', reason: 'Resumed', message: '' };
  return undefined;
}
