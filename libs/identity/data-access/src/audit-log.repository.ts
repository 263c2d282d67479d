import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface AuditEntry {
  readonly customerId: string;
  /** `credentials.read`, `refresh_token.reused`: what was done, past or present, never a value. */
  readonly action: string;
  /** Id of what it was done to. */
  readonly subject: string;
  readonly correlationId: string | undefined;
}

@Injectable()
export class AuditLogRepository {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async record({ customerId, action, subject, correlationId }: AuditEntry): Promise<void> {
    await this.dataSource.query(
      'INSERT INTO audit_entry (customer_id, action, subject, correlation_id) VALUES ($1, $2, $3, $4)',
      [customerId, action, subject, correlationId ?? null],
    );
  }
}
