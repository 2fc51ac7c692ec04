"""The style sheet of the report."""

STYLE = """
:root{color-scheme:light dark;--ink:#1c2330;--soft:#5a6475;--line:#dde2ea;--page:#fff;
--card:#f5f7fa;--bar:#2f6fb2;--shade:#d9534f2e;--cut:#b8302b;--ok:#1d7a46;--bad:#b8302b}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf1;--soft:#a3adbd;--line:#333c4a;--page:#14181f;
--card:#1d232d;--bar:#6aa9e9;--shade:#ff7b7630;--cut:#ff8d88;--ok:#6fd39a;--bad:#ff8d88}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 64px}
h1{margin:0;font-size:28px;overflow-wrap:anywhere}
h2{margin:44px 0 10px;font-size:20px}
h3{margin:0;font-size:15px}
header p,small,caption,figcaption,.url{color:var(--soft)}
small{font-weight:400}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:10px;
margin:18px 0 0}
.facts div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 14px}
.facts dt{color:var(--soft);font-size:13px}
.facts dd{margin:0;font-size:22px;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:0 0 6px;font-size:13px}
th,td{padding:4px 10px 4px 0;border-bottom:1px solid var(--line);vertical-align:top;text-align:left}
thead th{color:var(--soft);font-weight:600;white-space:nowrap}
tbody th{font-weight:500;white-space:nowrap}
.n{text-align:right}
td.n{white-space:nowrap}
.bar{position:relative;display:block;width:140px;height:14px;margin-top:4px;background:var(--card)}
.bar i{position:absolute;left:0;top:0;height:100%;background:var(--bar);opacity:.25}
.bar .b1{opacity:.25}.bar .b2{opacity:.35}.bar .b3{opacity:1}
.ok{color:var(--ok)}.bad{color:var(--bad);font-weight:700}
details{margin:10px 0;border:1px solid var(--line);border-radius:8px;padding:8px 14px}
summary{cursor:pointer;font-weight:600}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:18px;
padding:14px 0}
figure{margin:0}
figcaption{font-size:12px;overflow-wrap:anywhere}
svg{width:100%;height:auto;display:block}
svg text{fill:var(--soft);font-size:10px}
.bars{fill:var(--bar)}.shade{fill:var(--shade)}.cut{stroke:var(--cut);stroke-width:1.5}
article{border-left:3px solid var(--line);padding:2px 0 2px 14px;margin:16px 0}
.url{margin:2px 0;font-size:13px;overflow-wrap:anywhere}
a{color:inherit}
blockquote{margin:6px 0 0;overflow-wrap:anywhere}
code{font:13px ui-monospace,SFMono-Regular,Menlo,monospace}
@media print{details{break-inside:avoid}main{max-width:none}}
"""
