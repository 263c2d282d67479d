import { ApiProperty } from '@nestjs/swagger';
import { type DesiredState, desiredStates } from '@saasodoo/instances/domain';
import { type OperationKind, operationKinds } from '@saasodoo/operations/domain';

/** What a command would do, asked for with `dry_run=true`; nothing was changed. */
export class CommandPreviewResponse {
  @ApiProperty({ enum: [true] })
  readonly dry_run!: true;

  @ApiProperty({ enum: operationKinds })
  readonly kind!: OperationKind;

  @ApiProperty({ enum: desiredStates, description: 'What would be wanted then.' })
  readonly desired_state!: DesiredState;

  @ApiProperty({ type: [String], description: 'The steps that would run, in order.' })
  readonly steps!: readonly string[];

  @ApiProperty({ type: [String], description: 'Operations under way whose place it would take.' })
  readonly supersedes!: readonly string[];
}
