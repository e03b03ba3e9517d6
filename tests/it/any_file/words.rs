//! What is put into files: whatever a reader of tables may stumble over. Broken bars part one from the next.

/// Words of catalogues, and marks that mean something to a reader.
pub(super) const WORDS: &str = "\
同上¦同上。¦同前¦〃¦\u{201c}¦\u{201d}¦《¦》¦《《《¦》》¦〈¦〉¦〔¦〕¦〔2016¦\u{ff08}¦\u{ff09}¦(¦)¦[¦]¦\
﹝2019﹞¦【法律】¦■¦□¦■□¦☑¦R¦£¦þ¦¨¦√¦×¦▲¦★¦●¦〇¦口¦①②③¦1.¦2、¦2.1¦(一)¦\u{ff08}二\u{ff09}¦一、¦1.1.1.1.1.1¦\
、¦\u{ff0c}¦,¦\u{ff1b}¦;¦\u{ff1a}¦:¦。¦等¦等。¦或¦和¦以及¦/¦|¦‖¦\t¦\n¦\r\n¦\u{2028}¦\u{3000}¦\u{a0}¦\
\u{200b}¦\u{feff}¦\u{202e}¦\u{301}¦e\u{301}¦\u{1f3db}¦\u{20000}¦\u{fffe}¦\u{b}¦\u{0}¦_x000b_¦__x005f_¦\
_x005F_x000D_¦@@¦?¦**¦******¦\u{ff08}略\u{ff09}¦─¦—¦无¦\u{ff0d}¦20个工作日¦20工作日¦2 0 个工作日¦\
信息形成或者变更之日起20个工作日内公开¦99999999999999999999日内¦\u{ff10}日内¦-1日¦二十个工作日¦\
一亿万亿万亿个工作日¦零¦廿¦〇〇〇〇年¦每年1月31日前¦每季度的首个月20日¦半年至少更新1次¦实时¦长期公开¦\
公示期不少于7天¦其中\u{ff0c}许可7个工作日内¦法律、法规另有规定的\u{ff0c}从其规定¦随采购公告公开¦\
《中华人民共和国政府信息公开条例》¦《中华人民共和国政府信息公开条例》\u{ff08}国务院令第711号\u{ff09}¦\
国令第99999999999999999999号¦第九十九条第一款第\u{ff08}三\u{ff09}项¦第万万条¦青政办〔2020〕3号¦\
青政办[201680号¦\u{ff08}2019年修正\u{ff09}¦及相关规定¦XX省¦县\u{ff08}区、市\u{ff09}¦县民政局¦\
区民政局、县文化局¦乡镇人民政府\u{ff08}街道办事处\u{ff09}¦相关部门¦各有关单位¦党政办¦某局某分局¦政府网站¦\
■政府网站¦□政府公报¦其他_平台¦其他\u{ff1a}¦http://a.gov.cn/¦https://[::1¦\
社区/企事业单位/村公示栏\u{ff08}电子屏\u{ff09}¦序号¦公开事项¦一级事项¦二级事项¦三级事项¦\
公开内容\u{ff08}要素\u{ff09}¦公开依据¦公开时限¦公开主体¦公开渠道和载体¦\
公开渠道和载体\u{ff08}\u{201c}■\u{201d}表示必选项\u{ff0c}\u{201c}□\u{201d}表示可选项\u{ff09}¦公开对象¦\
全社会¦特定群体\u{ff08}请写明\u{ff09}¦公开方式¦主动¦依申请公开¦公开层级¦县级¦乡级¦乡、村级¦市级¦领域¦备注¦\
咨询电话¦条款内容¦公开事项\u{ff08}一级/二级\u{ff09}¦壤塘县社会救助领域基层政务公开标准目录¦\
\u{ff08}一\u{ff09}社会救助领域基层政务公开标准目录¦柳溪镇村级公开目录¦社会救助¦领域¦壤塘县¦北京市¦目录¦\
附件1¦注\u{ff1a}¦发布机构\u{ff1a}壤塘县人民政府¦施行日期\u{ff1a}2026-02-30¦施行日期\u{ff1a}99999-13-41¦\
版本\u{ff1a}2024年版¦目录代码\u{ff1a}513230000000-12¦开事项¦開(kāi)時(shí)限¦0¦1¦-1¦007¦1e309¦NaN¦0101 01¦\
99999999999999999999¦是¦TRUE¦=1+1¦&#0;¦&#x110000;¦&amp;lt;¦&e;¦<b>¦]]>¦-->";

/// Tags of web pages, Word, Excel and OpenDocument.
pub(super) const SNIPPETS: &str = "\
<table>¦</table>¦<tr>¦<td>¦</td>¦</tr>¦<td rowspan=\"65534\" colspan=\"1000\">x</td>¦\
<td rowspan=0 colspan=0>¦<th>¦<thead>¦<tbody>¦<p>¦<br>¦<br/>¦<div>¦</div>¦<b>¦<style>¦<script>¦<!--¦-->¦\
<![CDATA[¦]]>¦<?x¦<!DOCTYPE x[<!ENTITY e \"ha\">]>¦<template>¦<select>¦<svg>¦<hr>¦<a href=\"a.doc\">¦\
<ruby>開<rt>kāi</rt></ruby>¦<plaintext>¦<textarea>¦<w:tbl>¦</w:tbl>¦<w:tr>¦</w:tr>¦<w:tc>¦</w:tc>¦<w:p>¦\
</w:p>¦<w:p/>¦<w:r>¦<w:t>¦</w:t>¦<w:t/>¦<w:br/>¦<w:tab/>¦<w:gridSpan w:val=\"2147483647\"/>¦\
<w:gridSpan w:val=\"3\"/>¦<w:gridBefore w:val=\"4294967295\"/>¦<w:gridAfter w:val=\"16384\"/>¦<w:vMerge/>¦\
<w:vMerge w:val=\"restart\"/>¦<w:hMerge/>¦<w:del>¦</w:del>¦<w:ins>¦<w:vanish/>¦<w:sdt>¦<w:txbxContent>¦\
<mc:AlternateContent>¦<mc:Fallback>¦<w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/>¦\
<w:footnoteReference w:id=\"1\"/>¦<w:numPr/>¦<w:fldChar w:fldCharType=\"begin\"/>¦<w:instrText>¦<row>¦\
<row r=\"1048576\">¦</row>¦<row/>¦<c>¦<c r=\"A1\">¦<c r=\"XFD1048576\">¦<c r=\"XFE1048577\" t=\"s\">¦\
<c t=\"inlineStr\">¦</c>¦<v>¦<v>4294967295</v>¦<v>-1</v>¦</v>¦<f>¦<f>1+1</f>¦<is>¦<t>¦<si>¦</si>¦<rPh>¦\
<mergeCell ref=\"A1:XFD1048576\"/>¦<mergeCell ref=\"B7:A1\"/>¦<mergeCell ref=\"A5:A5\"/>¦\
<mergeCell ref=\"A3:O40\"/>¦<mergeCell ref=\"C1:C65536\"/>¦<mergeCells>¦</mergeCells>¦<sheetData>¦\
</sheetData>¦<sheet name=\"a\" r:id=\"rId1\"/>¦<xf numFmtId=\"14\"/>¦\
<numFmt numFmtId=\"164\" formatCode=\"[h]:mm\"/>¦<cols><col min=\"1\" max=\"16384\" hidden=\"1\"/></cols>¦\
<table:table-row>¦</table:table-row>¦<table:table-row table:number-rows-repeated=\"1048576\">¦\
<table:table-cell/>¦<table:table-cell table:number-columns-repeated=\"16384\"/>¦\
<table:table-cell table:number-columns-spanned=\"16384\" table:number-rows-spanned=\"1048576\">¦\
<table:covered-table-cell/>¦<table:covered-table-cell table:number-columns-repeated=\"1024\"/>¦\
<table:table>¦</table:table>¦<text:p>¦</text:p>¦<text:s text:c=\"2147483647\"/>¦<text:line-break/>¦\
<office:annotation>¦<table:table-header-rows>¦<table:table-row-group>";

/// Values of attributes.
pub(super) const NUMBERS: &str = "\
0¦1¦2¦3¦-1¦00¦65535¦65536¦16384¦1000¦1048576¦2147483647¦2147483648¦4294967295¦4294967296¦\
9223372036854775807¦18446744073709551615¦18446744073709551616¦99999999999999999999999¦1e309¦1.5¦NaN¦x¦A1¦\
XFD1048576¦AAAAAAAA1¦A0¦A99999999999¦A1:B¦A1:B2¦B9:A1¦A1:XFD1048576¦restart";

/// Names of attributes.
pub(super) const ATTRIBUTES: &str = "\
rowspan¦colspan¦r¦s¦t¦spans¦ref¦w:val¦w:w¦hidden¦state¦style¦class¦display¦name¦r:id¦Id¦Target¦Type¦\
xml:space¦table:number-rows-repeated¦table:number-columns-repeated¦table:number-rows-spanned¦\
table:number-columns-spanned¦table:visibility¦office:value-type¦office:value¦office:date-value¦numFmtId¦\
formatCode¦uniqueCount¦count¦charset¦href¦id";
