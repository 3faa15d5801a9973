#!/usr/bin/env bash
# restore-drill TABLE [RESTORED]: restores a table beside itself, compares histories of both, row by row with all that is in them, and
# deletes the restored one again. Nothing is written to TABLE. Where RESTORED is there already, from a drill that was cut short or from a
# backup, that one is compared.
set -euo pipefail
table=${1:?which table?} restored=${2:-$1-drill}

if ! aws dynamodb describe-table --table-name "$restored" --query Table.TableStatus --output text 2>/dev/null; then
  aws dynamodb restore-table-to-point-in-time --source-table-name "$table" --target-table-name "$restored" \
    --use-latest-restorable-time --query TableDescription.TableStatus --output text
fi
aws dynamodb wait table-exists --table-name "$restored"

# rows TABLE PARTITION: its transactions, in order: the key, and the SHA-256 of everything that the row holds. Rows are somebody's: none
# is printed, and none is kept in a file.
rows() {
  aws dynamodb query --table-name "$1" --consistent-read --output json --query Items \
    --key-condition-expression 'PK = :p AND begins_with(SK, :t)' \
    --expression-attribute-values "{\":p\":{\"S\":\"$2\"},\":t\":{\"S\":\"TX#\"}}" | node -e "$digests"
}
digests='
const { createHash } = require("node:crypto")
// Of sets and maps, DynamoDB promises no order.
const inOrder = (value) =>
  Array.isArray(value) ? value.map(inOrder)
  : value !== null && typeof value === "object" ? Object.fromEntries(Object.keys(value).sort().map((name) => [name, inOrder(value[name])]))
  : value
const items = JSON.parse(require("node:fs").readFileSync(0, "utf8"))
const lines = items.map((item) => `${item.SK.S.replaceAll(/\s/g, "_")} ${createHash("sha256").update(JSON.stringify(inOrder(item))).digest("hex")}\n`)
process.stdout.write(lines.sort().join(""))
'

# Some connections of each shard, so that no drill takes longer than the one before.
sampled=$(for shard in $(seq 0 15); do
  aws dynamodb query --table-name "$restored" --index-name due --no-paginate --limit 2 --output text \
    --key-condition-expression 'dueShard = :s' --expression-attribute-values "{\":s\":{\"S\":\"$shard\"}}" \
    --query 'Items[].[user.S, id.S]'
done | grep . || true)

keys() { cut -d ' ' -f 1 <<<"$1" | grep . | LC_ALL=C sort || true; }

compared=0 missing=0 different=0
while read -r user id; do
  [ -n "$id" ] || continue
  partition="USER#$user#CONNECTION#$id"
  here=$(rows "$table" "$partition") there=$(rows "$restored" "$partition")
  lost=$(LC_ALL=C comm -13 <(keys "$there") <(keys "$here") | grep -c . || true)
  gone=$(LC_ALL=C comm -23 <(keys "$there") <(keys "$here") | grep -c . || true)
  # In both, and not the same: a transfer that went on since, or a copy that is not one.
  unequal=$(LC_ALL=C comm -23 <(LC_ALL=C sort <<<"$there") <(LC_ALL=C sort <<<"$here") | grep -c . || true)
  changed=$((unequal - gone)) count=$(grep -c . <<<"$there" || true)
  echo "connection $id: $count rows restored, $lost newer than that, $gone that the table has not, $changed with other contents"
  compared=$((compared + count)) missing=$((missing + gone)) different=$((different + changed))
done <<<"$sampled"

if [ "$compared" = 0 ]; then
  echo "No row was restored: this proves nothing. $restored is kept for you to look at." >&2
  exit 1
fi
if [ "$missing" != 0 ]; then
  echo "$missing rows are in $restored and not in $table: were they deleted at a user's wish? Both are kept." >&2
  exit 1
fi
if [ "$different" != 0 ]; then
  echo "$different rows hold something else in $restored than in $table: were they transfers that went on since? Both are kept." >&2
  exit 1
fi
aws dynamodb delete-table --table-name "$restored" --query TableDescription.TableStatus --output text
echo "$compared rows can be restored."
