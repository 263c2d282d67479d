import { IsString, Matches, MaxLength } from 'class-validator';

/** Something an operator must look at. */
export class AlarmRaisedPayload {
  /** The app that raised it. */
  @IsString()
  @Matches(/^[a-z-]{1,40}$/)
  source!: string;

  /** Dotted code, such as `janitor.owners_empty`. */
  @IsString()
  @Matches(/^[a-z0-9_.]{1,100}$/)
  code!: string;

  @IsString()
  @MaxLength(2000)
  message!: string;
}
