import { Inject, Injectable } from '@nestjs/common';
import { ImportRepository } from '@saasodoo/backups/data-access';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { type Actor, changeScope, readScope } from '@saasodoo/identity/domain';
import { AppError, newId } from '@saasodoo/kernel';
import { GatewayConfig } from '../app.config';
import type { Answer } from '../http/answer';
import { InvalidRequest } from '../http/invalid-request';
import { assertKnownParameters, parsePage } from '../http/page';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import type { ChangeRequest } from '../instances/change-request';
import type { AnnounceImportRequest } from './announce-import.request';
import type { ImportListResponse } from './import-list.response';
import { ImportResponse } from './import.response';

/** What is announced, and what became of it. */
@Injectable()
export class ImportsService {
  constructor(
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
    @Inject(ImportRepository) private readonly imports: ImportRepository,
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /** Throws `role.insufficient`, `import.too_many`, or `InvalidRequest` for one that is too large. */
  async announce(
    request: AnnounceImportRequest,
    { actor, idempotencyKey: key }: ChangeRequest,
  ): Promise<Answer<ImportResponse>> {
    changeScope(actor);
    const { customerId } = actor;
    const { size_bytes: sizeBytes, sha256, file_name: fileName } = request;
    if (sizeBytes > this.config.IMPORT_MAX_BYTES) throw tooLarge(this.config.IMPORT_MAX_BYTES);
    const attempt = { scope: customerId, key, operation: 'announce-import', request };
    return this.requests.run(attempt, async (em) => {
      if ((await this.imports.countOpen(customerId, em)) >= this.config.IMPORTS_PER_CUSTOMER) {
        throw tooMany(this.config.IMPORTS_PER_CUSTOMER);
      }
      const id = newId();
      const wish = { id, customerId, fileName, sizeBytes, ...(sha256 === undefined ? {} : { sha256 }) };
      await this.imports.insert(wish, em);
      await this.audit.record(em, {
        ...{ actor, customerId, action: 'import.announce', subject: id },
        after: { file_name: fileName, size_bytes: sizeBytes },
      });
      const headers = { location: `/instance/imports/${id}` };
      return { status: 201, headers, body: ImportResponse.of(await this.imports.get(id, em)) };
    });
  }

  /** Throws `import.not_found`. */
  async get(id: string, actor: Actor): Promise<ImportResponse> {
    return ImportResponse.of(await this.imports.getInScope(id, readScope(actor)));
  }

  /** The caller's own. Throws `InvalidRequest` for a query it cannot follow. */
  async list(customerId: string, query: Readonly<Record<string, unknown>>): Promise<ImportListResponse> {
    assertKnownParameters(query, ['page', 'page_size']);
    const { page, pageSize } = parsePage(query);
    const { imports, total } = await this.imports.list({ customerId, page, pageSize });
    return { imports: imports.map((one) => ImportResponse.of(one)), total, page, page_size: pageSize };
  }

  /** What it became stays. Throws `import.not_found`, `role.insufficient`, `import.status_conflict`. */
  async delete(id: string, { actor, idempotencyKey: key }: ChangeRequest): Promise<Answer<ImportResponse>> {
    const scope = changeScope(actor);
    const attempt = { scope: actor.customerId, key, operation: `delete-import:${id}`, request: {} };
    return this.requests.run(attempt, async (em) => {
      const { customerId, status } = await this.imports.getInScope(id, scope, em);
      await this.imports.delete(id, em);
      await this.audit.record(em, {
        ...{ actor, customerId, action: 'import.delete', subject: id },
        before: { status },
      });
      return { status: 200, headers: {}, body: ImportResponse.of(await this.imports.get(id, em)) };
    });
  }
}

function tooLarge(limit: number): InvalidRequest {
  return InvalidRequest.field('size_bytes', 'import.too_large', `may be at most ${limit}`);
}

function tooMany(limit: number): AppError {
  return AppError.terminal('import.too_many', `you have ${limit} imports that are not over yet`, {
    httpStatus: 409,
    hint: 'Make instances of them, or delete them.',
    facts: { limit },
  });
}
