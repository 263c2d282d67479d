import { applyDecorators } from '@nestjs/common';
import { IsEmail, MaxLength } from 'class-validator';

/** What RFC 5321 can carry. */
const MAX_LENGTH = 254;

export function IsEmailAddress(): PropertyDecorator {
  return applyDecorators(
    IsEmail({ allow_utf8_local_part: false }, { message: '$property must be an e-mail address' }),
    MaxLength(MAX_LENGTH, { message: `$property must have at most ${MAX_LENGTH} characters` }),
  );
}
