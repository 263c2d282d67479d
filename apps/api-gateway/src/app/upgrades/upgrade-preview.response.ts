import { ApiProperty } from '@nestjs/swagger';
import {
  type DesiredState,
  desiredStates,
  type Instance,
  type UpgradePlan,
} from '@saasodoo/instances/domain';
import { stepListOf } from '@saasodoo/operations/domain';

/** What an upgrade would change, asked for with `dry_run`; nothing was changed. */
export class UpgradePreviewResponse {
  @ApiProperty({ enum: [true] })
  readonly dry_run!: true;

  @ApiProperty({ enum: ['upgrade'] })
  readonly kind!: 'upgrade';

  @ApiProperty({ example: '17' })
  readonly from_version!: string;

  @ApiProperty({ example: '17' })
  readonly to_version!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null where it was never recorded.' })
  readonly from_image!: string | null;

  @ApiProperty({ example: 'odoo:17.0' })
  readonly to_image!: string;

  @ApiProperty({
    type: [String],
    description: 'Updated by Odoo; empty where a command of the site migrates.',
  })
  readonly modules!: readonly string[];

  @ApiProperty({ enum: desiredStates, description: 'A stopped instance stays stopped.' })
  readonly desired_state!: DesiredState;

  @ApiProperty({ type: [String], description: 'The steps that would run, in order.' })
  readonly steps!: readonly string[];

  static of({ desiredState }: Instance, { from, to, modules }: UpgradePlan): UpgradePreviewResponse {
    return {
      ...{ dry_run: true, kind: 'upgrade' },
      from_version: from.odooVersion,
      to_version: to.odooVersion,
      from_image: from.odooImage?.image ?? null,
      to_image: to.odooImage.image,
      modules,
      desired_state: desiredState,
      steps: stepListOf('upgrade'),
    };
  }
}
