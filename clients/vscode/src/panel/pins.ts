/** Places in documents that stay where they are while the text around them changes. */
import * as vscode from 'vscode';

export interface Place {
  uri: vscode.Uri;
  position: vscode.Position;
}

/** Where a position is after a change of its document. */
export function moved(position: vscode.Position, change: vscode.TextDocumentContentChangeEvent): vscode.Position {
  const { start, end } = change.range;
  if (position.isBefore(start) || (position.isEqual(start) && !change.range.isEmpty)) {
    return position;
  }
  const lines = change.text.split('\n');
  const last = lines[lines.length - 1] ?? '';
  const after = new vscode.Position(start.line + lines.length - 1, (lines.length === 1 ? start.character : 0) + last.length);
  if (position.isBefore(end)) {
    return start;
  }
  const line = position.line - end.line + after.line;
  return new vscode.Position(line, position.line === end.line ? position.character - end.character + after.character : position.character);
}
