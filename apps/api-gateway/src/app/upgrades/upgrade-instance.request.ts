import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsOptional,
  Matches,
} from 'class-validator';
import { IsText } from '../http/is-text.decorator';

/** As Odoo names modules, whose names are folders. */
const MODULE = /^[A-Za-z0-9_]{1,100}$/;
const MOST_MODULES = 200;

export class UpgradeInstanceRequest {
  @ApiPropertyOptional({
    description:
      'The version to get to; the one that the instance has when absent. 17 and 17.0 are the same.',
    example: '17',
  })
  @IsOptional()
  @IsText({ min: 1, max: 20 })
  odoo_version?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: MOST_MODULES,
    description:
      'Modules to update, or `all`, which is also what is done without it. Given, the upgrade also takes place where the ' +
      'image is the same.',
    example: ['all'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_MODULES)
  @ArrayUnique()
  @Matches(MODULE, { each: true, message: '$property must be names of modules' })
  modules?: string[];

  @ApiPropertyOptional({ default: false, description: 'Answer what would change, and change nothing.' })
  @IsOptional()
  @IsBoolean()
  dry_run: boolean = false;
}
