import { ApiProperty } from '@nestjs/swagger';

export class EvidenceResponse {
  @ApiProperty({ example: 'task_error' })
  readonly fact!: string;

  @ApiProperty({ example: 'No such image: odoo:17.0' })
  readonly value!: string;
}

export class RemedyResponse {
  @ApiProperty({ description: 'What mends it.' })
  readonly text!: string;

  @ApiProperty({ required: false, description: 'For the operator of the platform.' })
  readonly command?: string;
}

/** Why an instance does not serve, or that it does. */
export class DiagnosisResponse {
  @ApiProperty({ example: 'image.unavailable', description: 'Stable.' })
  readonly code!: string;

  @ApiProperty({ description: 'One sentence; the most fundamental cause there is.' })
  readonly summary!: string;

  @ApiProperty({ type: [EvidenceResponse], description: 'All that was looked at.' })
  readonly evidence!: readonly EvidenceResponse[];

  @ApiProperty({ type: RemedyResponse })
  readonly action!: RemedyResponse;

  @ApiProperty({ format: 'date-time' })
  readonly checked_at!: string;
}
