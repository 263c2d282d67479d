import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { CreateInstanceRequest } from '../instances/create-instance.request';

/** An instance that begins with what was sent: the version, the language and the data are its own. */
export class ImportInstanceRequest extends OmitType(CreateInstanceRequest, [
  'odoo_version',
  'language',
  'demo_data',
] as const) {
  @ApiPropertyOptional({
    default: true,
    description:
      'Nothing in it reaches the outside: no mail, no scheduled jobs, no payments, no paid services. ' +
      'Say no when the Odoo that it came from is switched off: two of them send the same mails.',
  })
  @IsOptional()
  @IsBoolean()
  neutralise: boolean = true;
}
