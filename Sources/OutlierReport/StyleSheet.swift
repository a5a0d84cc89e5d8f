/// How the page looks: light and dark, on a wide screen, on a phone and on paper.
enum StyleSheet {
    static let text = """
        :root{color-scheme:light dark;--page:#f7f7f5;--card:#fff;--ink:#1b1f24;--soft:#57606a;--line:#e2e4e8;--rule:#c9ced6;\
        --calm:#3f6699;--calm-soft:#b9cbe3;--alarm:#b93a0a;--alarm-soft:#f4cdbb;--truth:#7a3fa0;--truth-bar:#ead7f8;--good:#1f6f43}
        @media (prefers-color-scheme:dark){:root{--page:#121519;--card:#1a1e24;--ink:#e7eaee;--soft:#a0a9b4;--line:#2b313a;\
        --rule:#454d59;--calm:#8db2e6;--calm-soft:#34496a;--alarm:#ff976b;--alarm-soft:#5b2f1d;--truth:#cf9df0;--truth-bar:#2d1442;--good:#6fce9c}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,\
        "Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
        main{max-width:1120px;margin:0 auto;padding:40px 24px 64px}
        h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.015em;margin:0 0 8px;overflow-wrap:anywhere;font-weight:680}
        h2{font-size:1.15rem;line-height:1.3;letter-spacing:-.005em;margin:0 0 4px;font-weight:640}
        p{margin:0 0 12px;max-width:72ch}
        .lead{font-size:1.06rem;color:var(--ink);margin:0 0 4px}
        .soft,figcaption{color:var(--soft);font-size:.9rem;line-height:1.45}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:24px 0 12px;padding:0}
        .tile,section{background:var(--card);border:1px solid var(--line);border-radius:10px}
        .tile{padding:14px 16px;margin:0}
        .tile dt{color:var(--soft);font-size:.84rem}
        .tile dd{margin:2px 0 0;font-size:1.5rem;line-height:1.25;font-weight:640;letter-spacing:-.01em}
        .tile dd small{font-size:.84rem;font-weight:400;color:var(--soft);letter-spacing:0;display:block}
        section{padding:22px 24px;margin:12px 0 0;min-width:0}
        .pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:12px;margin-top:12px}
        .pair>section{margin:0}
        figure{margin:10px 0 0}
        svg{display:block;width:100%;height:auto;overflow:visible}
        svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--soft)}
        .axis{stroke:var(--rule);stroke-width:1;fill:none}.grid{stroke:var(--line);stroke-width:1}
        .calm{fill:var(--calm)}.calm-soft{fill:var(--calm-soft)}.alarm{fill:var(--alarm)}.true{fill:none;stroke:var(--truth);stroke-width:1.4}
        .bar-true{fill:var(--truth-bar);stroke:var(--truth);stroke-width:.8}
        .curve{fill:none;stroke:var(--calm);stroke-width:2.2;stroke-linejoin:round}.area{fill:var(--calm);opacity:.1}
        .chance{stroke:var(--rule);stroke-dasharray:4 4;fill:none}
        .cut{stroke:var(--alarm);stroke-width:1.6;stroke-dasharray:5 3}svg text.cut-label{fill:var(--alarm);font-weight:600}
        .dot{fill:var(--card);stroke:var(--alarm);stroke-width:2.4}
        .key{display:flex;flex-wrap:wrap;gap:4px 18px;margin:8px 0 0;padding:0;list-style:none;font-size:.86rem;color:var(--soft)}
        .key svg{display:inline-block;width:12px;height:12px;vertical-align:-1px;margin-right:6px}
        .scroll{overflow-x:auto;margin:10px -4px 0;padding:0 4px}
        .scroll:focus-visible{outline:2px solid var(--calm);outline-offset:2px}
        table{border-collapse:collapse;width:100%;font-size:.9rem}
        th{color:var(--soft);font-weight:560;text-align:left;white-space:nowrap;font-size:.84rem}
        th,td{padding:7px 12px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
        tbody tr:last-child>*{border-bottom:0}
        td.n,th.n{text-align:right;white-space:nowrap}
        tbody th{color:var(--ink);font-weight:500;font-size:.9rem;white-space:normal;overflow-wrap:anywhere;min-width:15ch}
        th:last-child,td:last-child{padding-right:0}td.n+td:not(.n),th.n+th:not(.n){padding-left:14px}
        .confusion{max-width:430px}.confusion th,.confusion td{vertical-align:middle}.confusion thead th{white-space:normal}
        .confusion tbody th{min-width:0;white-space:nowrap}.confusion td,.confusion thead th{padding:10px 14px}.confusion td{text-align:right;font-size:1.15rem}
        .confusion .hit{background:color-mix(in srgb,var(--calm-soft) 55%,transparent)}
        .confusion .miss{background:color-mix(in srgb,var(--alarm-soft) 55%,transparent)}
        .confusion small{display:block;font-size:.78rem;color:var(--soft)}
        ol.rows{list-style:none;margin:12px 0 0;padding:0}
        ol.rows>li{display:grid;grid-template-columns:minmax(150px,230px) minmax(0,1fr);gap:6px 24px;padding:14px 0;\
        border-top:1px solid var(--line);break-inside:avoid}
        .who b{display:block;font-weight:640;overflow-wrap:anywhere}
        .who span{color:var(--soft);font-size:.86rem;display:block}
        .flag{display:inline-block;border:1px solid var(--rule);border-radius:99px;padding:0 8px;font-size:.78rem!important;\
        margin:4px 4px 0 0;line-height:1.6}
        .who .flag{display:inline-block}.flag.hot{color:var(--alarm)!important;border-color:var(--alarm)}
        .flag.known{color:var(--truth)!important;border-color:var(--truth)}
        ul.why{list-style:none;margin:0;padding:0}
        ul.why li{display:grid;grid-template-columns:minmax(0,1fr) 170px;gap:2px 14px;align-items:center;padding:2px 0}
        .why .fact{overflow-wrap:anywhere}.why .fact em{display:inline-block;font-style:normal;color:var(--soft);font-size:.88rem}
        .meter{display:grid;grid-template-columns:1fr 42px;gap:8px;align-items:center;font-size:.82rem;color:var(--soft);text-align:right}
        .meter i{display:block;height:7px;border-radius:4px;background:var(--line);overflow:hidden}
        .meter i b{display:block;height:100%;background:var(--alarm);border-radius:4px}
        ol.steps{margin:10px 0 0;padding:0 0 0 1.3em}ol.steps li{padding:2px 0;overflow-wrap:anywhere}
        code,pre{font:.86rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        pre{background:var(--page);border:1px solid var(--line);border-radius:8px;padding:12px 14px;margin:10px 0 0;\
        white-space:pre-wrap;overflow-wrap:anywhere}
        dl.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 20px;margin:10px 0 0;font-size:.92rem}
        dl.facts dt{color:var(--soft)}dl.facts dd{margin:0;overflow-wrap:anywhere}
        footer{color:var(--soft);font-size:.86rem;margin-top:20px}
        @media (max-width:820px){.pair{grid-template-columns:minmax(0,1fr)}}
        @media (max-width:560px){main{padding:24px 14px 48px}h1{font-size:1.5rem}section{padding:18px 16px}\
        .tiles{grid-template-columns:repeat(2,minmax(0,1fr));gap:8px}.tile dd{font-size:1.25rem}.tile:last-child:nth-child(odd){grid-column:1/-1}\
        ol.rows>li{grid-template-columns:minmax(0,1fr)}ul.why li{grid-template-columns:minmax(0,1fr) 92px}svg text{font-size:16px}\
        .pair,section{margin-top:8px}.pair{gap:8px}.confusion td,.confusion thead th{padding:9px 10px}}
        @media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#ccc;--rule:#999;--calm:#3f6699;\
        --calm-soft:#b9cbe3;--alarm:#b93a0a;--alarm-soft:#f4cdbb;--truth:#7a3fa0;--truth-bar:#ead7f8}body{font-size:10.5pt}main{max-width:none;padding:0}\
        section,.tile{border-color:#bbb;break-inside:avoid-page}section.long{break-inside:auto}*{-webkit-print-color-adjust:exact;\
        print-color-adjust:exact}.scroll{overflow:visible}.pair{grid-template-columns:repeat(2,minmax(0,1fr))}}
        """
}
