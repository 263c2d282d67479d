import { isEmail, ValidateBy } from 'class-validator';
import { isPrintable } from '../http/is-printable';

/** What RFC 5321 can carry. */
const MAX_LENGTH = 254;

/** An e-mail address; half a surrogate pair is refused first, since the parser of addresses throws at it. */
export function IsEmailAddress(): PropertyDecorator {
  return ValidateBy({
    name: 'isEmailAddress',
    validator: {
      validate: (value: unknown) => {
        return (
          typeof value === 'string' &&
          value.length <= MAX_LENGTH &&
          isPrintable(value) &&
          isEmail(value, OPTIONS)
        );
      },
      defaultMessage: () => `$property must be an e-mail address of at most ${MAX_LENGTH} characters`,
    },
  });
}

const OPTIONS = { allow_utf8_local_part: false };
