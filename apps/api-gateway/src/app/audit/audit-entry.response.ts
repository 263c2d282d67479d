import { ApiProperty } from '@nestjs/swagger';
import type { RecordedEntry } from '@saasodoo/identity/data-access';
import { type Role, roles } from '@saasodoo/identity/domain';

/** Who did what to what. */
export class AuditEntryResponse {
  @ApiProperty({ description: 'Grows; a later entry has a greater one.', example: '1042' })
  readonly id!: string;

  @ApiProperty({ format: 'date-time' })
  readonly happened_at!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Whose it is.' })
  readonly customer_id!: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Who did it; null when nobody was proved, and for what the platform did by itself.',
  })
  readonly actor_id!: string | null;

  @ApiProperty({ enum: roles, nullable: true })
  readonly actor_role!: Role | null;

  @ApiProperty({ example: 'instance.terminate' })
  readonly action!: string;

  @ApiProperty({ description: 'Id of what it was done to.' })
  readonly subject!: string;

  @ApiProperty({ type: Object, nullable: true, description: 'The fields that changed, as they were.' })
  readonly before!: object | null;

  @ApiProperty({ type: Object, nullable: true })
  readonly after!: object | null;

  @ApiProperty({ type: String, nullable: true })
  readonly correlation_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Where the request came from.' })
  readonly address!: string | null;

  @ApiProperty({ description: '`done`, or the code of the refusal.', example: 'done' })
  readonly result!: string;

  static of(entry: RecordedEntry): AuditEntryResponse {
    const { id, action, subject, before = null, after = null, result } = entry;
    return {
      ...{ id, action, subject, before, after, result },
      ...whoAndWhere(entry),
      happened_at: entry.happenedAt.toISOString(),
      customer_id: entry.customerId ?? null,
      correlation_id: entry.correlationId ?? null,
    };
  }

  /** As its customer sees it: of an operator they see the role, and not who it was or where they sat. */
  static forCustomer(entry: RecordedEntry): AuditEntryResponse {
    const whole = AuditEntryResponse.of(entry);
    const isOwn = entry.actorId === undefined || entry.actorId === entry.customerId;
    return isOwn ? whole : { ...whole, actor_id: null, address: null };
  }
}

type WhoAndWhere = Pick<AuditEntryResponse, 'actor_id' | 'actor_role' | 'address'>;

function whoAndWhere({ actorId, actorRole, address }: RecordedEntry): WhoAndWhere {
  return { actor_id: actorId ?? null, actor_role: actorRole ?? null, address: address ?? null };
}
