import { ApiProperty } from '@nestjs/swagger';
import {
  type DeadLetter,
  type DeadLetterDetail,
  type DeadLetterPlace,
  deadLetterPlaces,
} from '@saasodoo/messaging';
import { redact } from '@saasodoo/observability';

/** A message that waits for a human. */
export class DeadLetterResponse {
  @ApiProperty({ example: 'inbox:provisioner:0199c2a1-0000-7000-8000-000000000000' })
  readonly id!: string;

  @ApiProperty({ enum: deadLetterPlaces })
  readonly place!: DeadLetterPlace;

  @ApiProperty({ description: 'The app whose inbox it is in, or the queue; empty for the outbox.' })
  readonly holder!: string;

  @ApiProperty({ format: 'uuid' })
  readonly message_id!: string;

  @ApiProperty({ example: 'instance.create.v1' })
  readonly type!: string;

  @ApiProperty({ description: 'Id of what it is about.' })
  readonly subject!: string;

  @ApiProperty()
  readonly attempts!: number;

  @ApiProperty({ type: String, nullable: true })
  readonly error!: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly since!: string;

  static of(letter: DeadLetter): DeadLetterResponse {
    const { id, place, holder, type, subject, attempts, error = null, since } = letter;
    return {
      ...{ id, place, holder, type, subject, attempts, error },
      message_id: letter.messageId,
      since: since.toISOString(),
    };
  }
}

export class DeadLetterDetailResponse extends DeadLetterResponse {
  @ApiProperty({ type: Object, nullable: true, description: 'null when the body is not JSON.' })
  readonly payload!: unknown;

  @ApiProperty({ type: Object })
  readonly headers!: unknown;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The bytes of a body that is not JSON, in base64.',
  })
  readonly raw!: string | null;

  static detailOf(letter: DeadLetterDetail): DeadLetterDetailResponse {
    return {
      ...DeadLetterResponse.of(letter),
      payload: redact(letter.payload ?? null),
      headers: redact(letter.headers),
      raw: letter.raw?.toString('base64') ?? null,
    };
  }
}
