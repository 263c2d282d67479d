import { Inject, Injectable } from '@nestjs/common';
import { ImportRepository } from '@saasodoo/backups/data-access';
import type { OdooImport } from '@saasodoo/backups/domain';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { type Actor, changeScope } from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import type { IncomingMessage } from 'node:http';
import { ImportReceiver } from './import-receiver';
import { ImportResponse } from './import.response';

/** Hands content on to the app that has storage, while it comes in. */
@Injectable()
export class ImportUploads {
  constructor(
    @Inject(ImportRepository) private readonly imports: ImportRepository,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
    @Inject(ImportReceiver) private readonly receiver: ImportReceiver,
  ) {}

  /**
   * Throws `import.not_found`, `role.insufficient`, `import.status_conflict`, `import.size_differs`, why the content is
   * refused, and `import.receiver_unavailable` (503). What is refused leaves nothing.
   */
  async receive(id: string, actor: Actor, content: IncomingMessage): Promise<ImportResponse> {
    const wanted = await this.imports.getInScope(id, changeScope(actor));
    assertAsAnnounced(wanted, content.headers['content-length']);
    await this.receiver.send(id, content);
    const received = await this.imports.get(id);
    const { customerId, sha256, odooVersion } = received;
    await this.audit.recordAlone({
      ...{ actor, customerId, action: 'import.receive', subject: id },
      after: { sha256: sha256 ?? null, odoo_version: odooVersion ?? null },
    });
    return ImportResponse.of(received);
  }
}

function assertAsAnnounced({ status, sizeBytes }: OdooImport, length: string | undefined): void {
  if (status !== 'awaiting') {
    throw AppError.terminal('import.status_conflict', `the import is ${status}`, {
      httpStatus: 409,
      hint: 'Content is taken in once. Announce another import for another zip.',
      facts: { status },
    });
  }
  if (length === undefined || Number(length) === sizeBytes) return;
  throw AppError.terminal('import.size_differs', `${length} bytes are sent, ${sizeBytes} were announced`, {
    httpStatus: 422,
    hint: 'Nothing of it was kept. Send what was announced, or announce it anew.',
    facts: { sent: Number(length), announced: sizeBytes },
  });
}
