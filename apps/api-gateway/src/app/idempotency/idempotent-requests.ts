import { hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type IdempotencyKey, IdempotencyKeyRepository } from '@saasodoo/identity/data-access';
import { AppError, crashPoint } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import { runInTransaction } from '@saasodoo/persistence';
import { DataSource, type EntityManager } from 'typeorm';
import { GatewayConfig } from '../app.config';
import type { Answer } from '../http/answer';
import { requestFingerprint } from './request-fingerprint';

/** A request that changes something. */
export interface Attempt {
  /** Whose keys: the customer's id, or what stands for one. */
  readonly scope: string;
  /** Content of the header `Idempotency-Key`. */
  readonly key: string | undefined;
  /** What is asked, with the id of what it is asked of: a key is good for one. */
  readonly operation: string;
  readonly request: object;
  /** All that is written is one statement, which is all or nothing by itself; only a key makes it part of more. */
  readonly isOneStatement?: boolean;
}

const REPLAYED = { 'idempotent-replayed': 'true' };
const KEY_BYTES = 32;

/** Runs changes, each in one transaction with its messages and with the answer kept under its key. */
@Injectable()
export class IdempotentRequests {
  private readonly fingerprintKey: Buffer;

  constructor(
    @Inject(GatewayConfig) config: GatewayConfig,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(IdempotencyKeyRepository) private readonly keys: IdempotencyKeyRepository,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {
    const root = Buffer.from(config.ENCRYPTION_KEY, 'base64');
    this.fingerprintKey = Buffer.from(hkdfSync('sha256', root, '', 'idempotency-fingerprint', KEY_BYTES));
  }

  /**
   * Answers what `work` answers once it is committed, or what it answered when the key was used before. While the first
   * request is under way a second one waits for it. A refusal is not kept: it changed nothing.
   * Throws `idempotency_key.reused` when the key came with another request.
   */
  async run<Body>(
    attempt: Attempt,
    work: (em: EntityManager) => Promise<Answer<Body>>,
  ): Promise<Answer<Body>> {
    if (attempt.key === undefined && attempt.isOneStatement === true) return this.runAlone(work);
    let answered: EntityManager | undefined;
    const answer = await runInTransaction(this.dataSource, async (em) => {
      answered = em;
      const { key } = attempt;
      const answer = await (key === undefined ? work(em) : this.once(em, { ...attempt, key }, work));
      crashPoint('gateway.written');
      return answer;
    });
    crashPoint('gateway.committed');
    if (answered !== undefined) this.outbox.wakeAfter(answered);
    return answer;
  }

  /** Saves the round trips that begin and commit a transaction. */
  private async runAlone<Body>(work: (em: EntityManager) => Promise<Answer<Body>>): Promise<Answer<Body>> {
    // One of its own: the outbox tells by it who has written.
    const em = this.dataSource.createEntityManager();
    const answer = await work(em);
    crashPoint('gateway.committed');
    this.outbox.wakeAfter(em);
    return answer;
  }

  private async once<Body>(
    em: EntityManager,
    { scope, key, operation, request }: Attempt & { readonly key: string },
    work: (em: EntityManager) => Promise<Answer<Body>>,
  ): Promise<Answer<Body>> {
    const fingerprint = requestFingerprint(this.fingerprintKey, operation, request);
    const claimed: IdempotencyKey = { scope, key, fingerprint };
    const claim = await this.keys.claim<Body>(em, claimed);
    if (claim.outcome === 'mismatched') throw keyReused();
    if (claim.outcome === 'replayed') {
      return { ...claim.answer, headers: { ...claim.answer.headers, ...REPLAYED } };
    }
    const answer = await work(em);
    await this.keys.complete(em, claimed, answer);
    return answer;
  }
}

function keyReused(): AppError {
  return AppError.terminal(
    'idempotency_key.reused',
    'this Idempotency-Key came before with another request',
    {
      httpStatus: 422,
      hint: 'Use a new key for a new request.',
    },
  );
}
