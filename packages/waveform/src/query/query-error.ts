/** What was asked makes no sense: the mistake of whoever asked, not of the file and not of who answers. */
export class QueryError extends RangeError {
  override readonly name = "QueryError";
}
