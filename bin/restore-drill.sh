#!/usr/bin/env bash
# restore-drill TABLE [RESTORED]: restores a table beside itself, compares histories of both, and deletes the restored one again.
# Nothing is written to TABLE. Where RESTORED is there already, from a drill that was cut short or from a backup, that one is compared.
set -euo pipefail
table=${1:?which table?} restored=${2:-$1-drill}

if ! aws dynamodb describe-table --table-name "$restored" --query Table.TableStatus --output text 2>/dev/null; then
  aws dynamodb restore-table-to-point-in-time --source-table-name "$table" --target-table-name "$restored" \
    --use-latest-restorable-time --query TableDescription.TableStatus --output text
fi
aws dynamodb wait table-exists --table-name "$restored"

# rows TABLE PARTITION: the keys of its transactions, in order
rows() {
  aws dynamodb query --table-name "$1" --consistent-read --output text --query 'Items[].[SK.S]' \
    --key-condition-expression 'PK = :p AND begins_with(SK, :t)' --projection-expression SK \
    --expression-attribute-values "{\":p\":{\"S\":\"$2\"},\":t\":{\"S\":\"TX#\"}}" | grep '^TX#' | LC_ALL=C sort || true
}

# Some connections of each shard, so that no drill takes longer than the one before.
sampled=$(for shard in $(seq 0 15); do
  aws dynamodb query --table-name "$restored" --index-name due --no-paginate --limit 2 --output text \
    --key-condition-expression 'dueShard = :s' --expression-attribute-values "{\":s\":{\"S\":\"$shard\"}}" \
    --query 'Items[].[user.S, id.S]'
done | grep . || true)

compared=0 missing=0
while read -r user id; do
  [ -n "$id" ] || continue
  partition="USER#$user#CONNECTION#$id"
  here=$(rows "$table" "$partition") there=$(rows "$restored" "$partition")
  lost=$(LC_ALL=C comm -13 <(echo "$there") <(echo "$here") | grep -c . || true)
  gone=$(LC_ALL=C comm -23 <(echo "$there") <(echo "$here") | grep -c . || true)
  count=$(grep -c . <<<"$there" || true)
  echo "connection $id: $count rows restored, $lost newer than that, $gone that the table has not"
  compared=$((compared + count)) missing=$((missing + gone))
done <<<"$sampled"

if [ "$compared" = 0 ]; then
  echo "No row was restored: this proves nothing. $restored is kept for you to look at." >&2
  exit 1
fi
if [ "$missing" != 0 ]; then
  echo "$missing rows are in $restored and not in $table: were they deleted at a user's wish? Both are kept." >&2
  exit 1
fi
aws dynamodb delete-table --table-name "$restored" --query TableDescription.TableStatus --output text
echo "$compared rows can be restored."
