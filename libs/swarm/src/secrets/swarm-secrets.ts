import { type Answer } from '../connection/answer';
import { createOrAdopt } from '../connection/create-or-adopt';
import { type DockerConnection } from '../connection/docker-connection';
import { hasCode } from '../connection/engine-error';
import { labelFilter, type Labels } from '../labels';
import { swarmId } from '../swarm-id';

export interface SecretRef {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
}

export interface NewSecret {
  readonly name: string;
  readonly labels: Labels;
  /** At most 500 KiB; text is taken as UTF-8. */
  readonly data: string | Buffer;
  readonly signal?: AbortSignal | undefined;
}

/** The secrets of a Swarm. Their content can never be read back or changed: a new value needs a new name. */
export class SwarmSecrets {
  constructor(private readonly connection: DockerConnection) {}

  /**
   * Creates a secret, or takes over the one of that name with the same owner labels. What was taken over keeps its
   * content, which nobody can compare: put a version into the name when the content may differ. An abort throws the
   * signal's reason as soon as the outcome is known: what was made stays, and `list` finds it.
   * Throws `swarm.name_taken`, `swarm.invalid`.
   */
  async create({ name, labels, data, signal }: NewSecret): Promise<SecretRef> {
    const body = { Name: name, Labels: labels, Data: Buffer.from(data).toString('base64') };
    const { found } = await createOrAdopt({
      what: `secret ${name}`,
      labels,
      signal,
      create: async () => {
        const action = `create secret ${name}`;
        const answer = await this.connection.call({
          action,
          method: 'POST',
          path: '/secrets/create',
          body,
        });
        return { id: answer.text('ID'), name, labels };
      },
      find: async () => await this.getByName(name),
    });
    return found;
  }

  /** The secret of exactly this name. */
  async getByName(name: string): Promise<SecretRef | undefined> {
    const found = await this.query({ name: [name] });
    return found.find((secret) => secret.name === name);
  }

  /** All secrets that carry all of these labels. */
  async list({
    labels = {},
    signal,
  }: { readonly labels?: Labels; readonly signal?: AbortSignal | undefined } = {}): Promise<SecretRef[]> {
    return await this.query({ label: labelFilter(labels) }, signal);
  }

  /** One that is gone already is fine. Throws `swarm.in_use` while a service refers to it. */
  async remove(id: string): Promise<void> {
    try {
      const path = `/secrets/${swarmId(id)}`;
      await this.connection.call({ action: `remove secret ${id}`, method: 'DELETE', path });
    } catch (error) {
      if (!hasCode(error, 'swarm.not_found')) throw error;
    }
  }

  private async query(
    filters: Readonly<Record<string, readonly string[]>>,
    signal?: AbortSignal,
  ): Promise<SecretRef[]> {
    const query = { filters: JSON.stringify(filters) };
    const answer = await this.connection.call({
      action: 'list secrets',
      method: 'GET',
      path: '/secrets',
      query,
      signal,
    });
    return answer.items().map(toSecret);
  }
}

function toSecret(answer: Answer): SecretRef {
  const spec = answer.at('Spec');
  return { id: answer.text('ID'), name: spec.text('Name'), labels: spec.map('Labels') };
}
