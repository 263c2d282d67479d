/** One spelling per mailbox; providers do not tell addresses apart by case. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}
