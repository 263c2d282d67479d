import { Inject, Injectable } from '@nestjs/common';
import { type AuditEntry, AuditLogRepository } from '@saasodoo/identity/data-access';
import type { Actor } from '@saasodoo/identity/domain';
import { type DeadLetterFilter, deadLetterPlaces, DeadLetters } from '@saasodoo/messaging';
import { choice, type Query, text } from '../http/filters';
import { assertKnownParameters, parsePage } from '../http/page';
import type { DeadLetterListResponse } from './dead-letter-list.response';
import { DeadLetterDetailResponse, DeadLetterResponse } from './dead-letter.response';
import type { RedriveResponse } from './redrive.response';

const FILTERS = ['place', 'type', 'holder'];

/** The messages that wait for a human, and how they get on again. */
@Injectable()
export class DeadLettersService {
  constructor(
    @Inject(DeadLetters) private readonly letters: DeadLetters,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /** Throws `InvalidRequest` for a query it cannot follow. */
  async list(query: Query): Promise<DeadLetterListResponse> {
    assertKnownParameters(query, ['page', 'page_size', ...FILTERS]);
    const { page, pageSize } = parsePage(query);
    const slice = { limit: pageSize, offset: (page - 1) * pageSize };
    const { letters, total } = await this.letters.list(filterOf(query), slice);
    return {
      dead_letters: letters.map((letter) => DeadLetterResponse.of(letter)),
      total,
      page,
      page_size: pageSize,
    };
  }

  /** Throws `dead_letter.unknown`. */
  async get(id: string): Promise<DeadLetterDetailResponse> {
    return DeadLetterDetailResponse.detailOf(await this.letters.inspect(id));
  }

  /** Throws `dead_letter.unknown`, or `dead_letter.unreadable`. */
  async redrive(id: string, actor: Actor): Promise<RedriveResponse> {
    const { type, subject } = await this.letters.inspect(id);
    const entry = { actor, action: 'dead_letter.redrive', subject: id };
    return this.writtenDown(entry, { type, about: subject }, async () => {
      await this.letters.redrive(id);
      return { redriven: 1 };
    });
  }

  /** Throws `InvalidRequest` for a query it cannot follow. */
  async redriveAll(query: Query, actor: Actor): Promise<RedriveResponse> {
    assertKnownParameters(query, FILTERS);
    const filter = filterOf(query);
    const entry = { actor, action: 'dead_letter.redrive_all', subject: filter.type ?? 'every type' };
    return this.writtenDown(entry, filter, async () => {
      return { redriven: await this.letters.redriveAll(filter) };
    });
  }

  /** Before and after: it is many transactions, so a crash between must not leave a change that nobody wrote down. */
  private async writtenDown(
    entry: AuditEntry,
    what: object,
    work: () => Promise<RedriveResponse>,
  ): Promise<RedriveResponse> {
    await this.audit.recordAlone({ ...entry, after: what, result: 'asked' });
    const done = await work();
    await this.audit.recordAlone({ ...entry, after: { ...what, ...done } });
    return done;
  }
}

function filterOf(query: Query): DeadLetterFilter {
  return { ...choice(query, 'place', deadLetterPlaces), ...text(query, 'type'), ...text(query, 'holder') };
}
